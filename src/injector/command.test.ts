import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { CommanderError } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { type InjectorDeps, injectorCommand } from "./command.ts";
import { connectCluster } from "./kubernetes-cluster.ts";

const folder = mkdtempSync(`${tmpdir()}/shunt-injector-`);
afterAll(() => rmSync(folder, { recursive: true }));

/** Nothing may be started from bad input; a kubeconfig is only read. */
const untouchable = new Proxy({} as InjectorDeps, {
	get: (_, name) => {
		if (name === "cluster") {
			return async (kubeconfig: string | undefined) => connectCluster(kubeconfig);
		}
		throw new Error(`touched ${String(name)}`);
	},
});

async function run(...argv: string[]) {
	let status: ExitCode | undefined;
	let text = "";
	const command = injectorCommand((code) => {
		status = code;
	}, untouchable);
	const write = (part: string) => {
		text += part;
	};
	command.configureOutput({ writeErr: write, writeOut: write });
	const thrown = await command.parseAsync(argv, { from: "user" }).catch((error: unknown) => error);
	return { status, text, thrown };
}

function file(name: string, text: string): string {
	writeFileSync(`${folder}/${name}`, text);
	return `${folder}/${name}`;
}

describe("shunt injector", () => {
	it("names every flag that is wrong, in one run", async () => {
		const { status, text } = await run(
			...["--port", "0", "--admin-port", "x", "--address", "localhost", "--config", "", "--tls-cert", ""],
			...["--tls-key", "", "--kubeconfig", "", "--events", "maybe", "--check-interval", "1ms"],
			...["--shutdown-delay", "soon", "--shutdown-timeout", "-1s", "--log-level", "loud"],
			...["--log-format", "xml", "--nonsense", "stray"],
		);
		expect(status).toBe(exitCodes.badInput);
		const flags = text
			.trim()
			.split("\n")
			.map((line) => line.split(": ")[1]);
		expect(flags).toEqual([
			...[
				"--config",
				"--tls-cert",
				"--tls-key",
				"--kubeconfig",
				"--events",
				"--nonsense",
				"arguments",
				"--port",
			],
			...["--admin-port", "--address", "--check-interval", "--shutdown-delay", "--shutdown-timeout"],
			...["--log-level", "--log-format"],
		]);
	});

	it("does not serve two things on one port", async () => {
		const { status, text } = await run("--port", "9443", "--admin-port", "9443");
		expect(status).toBe(exitCodes.badInput);
		expect(text).toMatch(/^shunt injector: --admin-port: "9443" is the port of --port too/);
	});

	it("names every file that cannot be read", async () => {
		const missing = ["--config", `${folder}/none`, "--tls-cert", `${folder}/none.crt`, "--tls-key", folder];
		const { status, text } = await run(...missing, "--kubeconfig", `${folder}/none.kubeconfig`);
		expect(status).toBe(exitCodes.badInput);
		expect(text).toMatch(
			/none: cannot be read \(ENOENT\).*\n.*none\.crt: cannot be read \(ENOENT\).*\n.*\(EISDIR\)/,
		);
		expect(text).toMatch(/none\.kubeconfig: cannot be read: ENOENT/);
	});

	it("says what is wrong with a kubeconfig", async () => {
		const { status, text } = await run("--kubeconfig", file("kubeconfig", "kind: Secret"));
		expect(status).toBe(exitCodes.badInput);
		expect(text).toContain(
			`${folder}/kubeconfig: says no current context (want a kubeconfig file whose current context is complete)`,
		);
	});

	it("wants a kubeconfig where it is in no pod", async () => {
		const { status, text } = await run();
		expect(status).toBe(exitCodes.badInput);
		expect(text).toContain("--kubeconfig: is needed where this is no pod");
	});

	it("names everything that is wrong in the files", async () => {
		const { status, text } = await run(
			...["--config", file("values.yaml", "proxyInit: {iptablesMode: ipchains}\nproxy: {uid: root}\n")],
			...["--tls-cert", file("tls.crt", "none"), "--tls-key", file("tls.key", "none either")],
		);
		expect(status).toBe(exitCodes.badInput);
		expect(text).toContain("proxyInit.iptablesMode");
		expect(text).toContain("proxy.uid");
		expect(text).toContain("tls.crt: is not a certificate");
		expect(text).toContain("tls.key: is not a private key");
	});

	it("shows its flags and examples in its help", async () => {
		const { text, thrown } = await run("--help");
		expect(thrown).toBeInstanceOf(CommanderError);
		expect(text).toContain("--tls-cert <file>");
		expect(text).toContain("Examples:");
	});
});
