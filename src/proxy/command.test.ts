import { describe, expect, it } from "vitest";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { formatProblem } from "../domain/problem.ts";
import {
	connectionsThatFit,
	type ProxyDeps,
	type ProxyFlags,
	parseProxyOptions,
	proxyCommand,
} from "./command.ts";

const defaults: ProxyFlags = {
	inboundPort: "4143",
	outboundPort: "4140",
	adminPort: "4191",
	connectTimeout: "10s",
	idleTimeout: "1h",
	drainTimeout: "30s",
	logLevel: "info",
	logFormat: "plain",
	ipv6: "true",
};

/** Nothing may be started from bad input. */
const untouchable = new Proxy({} as ProxyDeps, {
	get: (_, name) => {
		throw new Error(`touched ${String(name)}`);
	},
});

async function run(...argv: string[]) {
	let status: ExitCode | undefined;
	let text = "";
	const command = proxyCommand((code) => {
		status = code;
	}, untouchable);
	const write = (part: string) => {
		text += part;
	};
	command.configureOutput({ writeErr: write, writeOut: write });
	const thrown = await command.parseAsync(argv, { from: "user" }).catch((error: unknown) => error);
	return { status, text, thrown };
}

describe("the options", () => {
	it("have the defaults that Linkerd's ports suggest", () => {
		expect(parseProxyOptions(defaults)).toEqual({
			ok: true,
			value: {
				ports: { inbound: 4143, outbound: 4140 },
				families: ["ipv4", "ipv6"],
				admin: { host: undefined, port: 4191 },
				connectTimeoutMs: 10_000,
				idleTimeoutMs: 3_600_000,
				drainTimeoutMs: 30_000,
				maxConnections: undefined,
				logLevel: "info",
				logFormat: "plain",
			},
		});
	});

	it("without IPv6 keep the admin server off it too", () => {
		expect(parseProxyOptions({ ...defaults, ipv6: "false" })).toMatchObject({
			value: { families: ["ipv4"], admin: { host: "0.0.0.0" } },
		});
		expect(parseProxyOptions({ ...defaults, ipv6: "false", adminAddress: "127.0.0.1" })).toMatchObject({
			value: { admin: { host: "127.0.0.1" } },
		});
	});

	it("report every mistake at once", () => {
		const parsed = parseProxyOptions(
			{
				inboundPort: "0",
				outboundPort: "x",
				adminPort: "65536",
				adminAddress: "localhost",
				connectTimeout: "0",
				idleTimeout: "soon",
				drainTimeout: "-1s",
				maxConnections: "0",
				logLevel: "loud",
				logFormat: "xml",
				ipv6: "perhaps",
			},
			[{ source: "--odd", complaint: "is not a flag of this program", accepted: "another" }],
		);
		expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([
			"--odd: is not a flag of this program (want another)",
			'--inbound-port: "0" is not a valid TCP port (want a whole number from 1 to 65535)',
			'--outbound-port: "x" is not a valid TCP port (want a whole number from 1 to 65535)',
			'--admin-port: "65536" is not a valid TCP port (want a whole number from 1 to 65535)',
			'--admin-address: "localhost" is not an address (want an IPv4 or IPv6 address)',
			'--connect-timeout: "0" is not a valid duration (want a number with its unit, such as 500ms, 10s, 1m30s, 1h or 1d, from 1ms to 24d)',
			'--idle-timeout: "soon" is not a valid duration (want a number with its unit, such as 500ms, 10s, 1m30s, 1h or 1d, from 0ms to 24d)',
			'--drain-timeout: "-1s" is not a valid duration (want a number with its unit, such as 500ms, 10s, 1m30s, 1h or 1d, from 0ms to 24d)',
			'--max-connections: "0" is not a valid number of connections (want a whole number from 1 to 1000000)',
			'--log-level: "loud" is not known (want one of panic, fatal, error, warn, info, debug, trace)',
			'--log-format: "xml" is not known (want one of plain, json)',
			'--ipv6: "perhaps" is not a truth value (want true or false)',
		]);
	});

	it("do not let two listeners have one port", () => {
		const parsed = parseProxyOptions({ ...defaults, outboundPort: "4143", adminPort: "4143" });
		expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([
			'--outbound-port: "4143" is the port of --inbound-port too (want a port of its own)',
			'--admin-port: "4143" is the port of --inbound-port too (want a port of its own)',
		]);
	});
});

describe("shunt proxy", () => {
	it("exits 64 on bad input, with nothing touched", async () => {
		const { status, text } = await run(
			...["--inbound-port", "http", "--ipv6=no", "--inbund-port", "4143", "stray", "--odd=1", "left"],
			"--log-level",
		);
		expect(status).toBe(exitCodes.badInput);
		expect(text.trimEnd().split("\n")).toEqual([
			'shunt proxy: --inbund-port: is not a flag of this program (want --inbound-port or another flag that "shunt proxy --help" lists)',
			'shunt proxy: --odd: is not a flag of this program (want a flag that "shunt proxy --help" lists)',
			"shunt proxy: --log-level: has no value (want --log-level LEVEL)",
			'shunt proxy: arguments: "stray" belongs to no flag (want only flags, as "shunt proxy --help" lists them)',
			'shunt proxy: arguments: "left" belongs to no flag (want only flags, as "shunt proxy --help" lists them)',
			'shunt proxy: --ipv6: "no" is not a truth value (want true or false)',
			'shunt proxy: --inbound-port: "http" is not a valid TCP port (want a whole number from 1 to 65535)',
		]);
	});

	it("takes the last of several values, as pflag does", async () => {
		const { text } = await run("--inbound-port=81", "--inbound-port=82", "--outbound-port=82");
		expect(text).toMatch(/^shunt proxy: --outbound-port: "82" is the port of --inbound-port too /);
	});

	it("takes the names that shunt init has for its ports", async () => {
		const { text } = await run("--incoming-proxy-port", "x", "--outgoing-proxy-port=y");
		expect(text).toMatch(/^shunt proxy: --inbound-port: "x" .*\nshunt proxy: --outbound-port: "y" .*\n$/);
	});

	it("shows every flag and an example in its help", async () => {
		const { text, thrown } = await run("--help");
		expect(thrown).toMatchObject({ exitCode: 0 });
		for (const name of Object.keys(defaults)) {
			expect(text).toContain(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} `);
		}
		expect(text).toContain("Examples:");
	});
});

describe("the limit on open files", () => {
	const limits = (soft: string) =>
		`Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}   4096   files\n`;

	it.each([
		["1024", 480],
		["20000", 9968],
		["10", 1],
		["unlimited", Number.POSITIVE_INFINITY],
	])("of %s leaves room for %d connections", (soft, connections) => {
		expect(connectionsThatFit(limits(soft))).toBe(connections);
	});
});
