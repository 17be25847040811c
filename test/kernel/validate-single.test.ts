import { describe, expect, it } from "vitest";
import { withNetns } from "../support/netns.ts";
import { shuntProgram } from "../support/programs.ts";
import { eventually } from "../support/proxy-sockets.ts";
import { asInjected, podAddresses, type ValidatedPod, withValidatedPod } from "../support/validated-pod.ts";

const rules = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--outbound-ports-to-ignore", "4567"];

const withRules = (use: (world: ValidatedPod) => unknown) =>
	withValidatedPod((world) => {
		world.init("nft", rules);
		return use(world);
	});

/** Somebody else in the pod who listens, and says something to whoever comes. */
async function occupy(world: ValidatedPod, port: number, words: string): Promise<void> {
	const script = `require("node:net").createServer((socket) => {
		socket.on("error", () => 0);
		socket.end(${JSON.stringify(words)});
	}).listen(${port}, "0.0.0.0")`;
	world.start(process.execPath, "-e", script);
	await eventually(() => world.pod.run("ss", ["-Hltn"]).includes(`:${port} `) || undefined);
}

describe("as Linkerd's validator is called", () => {
	it.each([
		["without any flag", []],
		[
			"as its chart does",
			["--log-format", "json", "--log-level", "debug", "--timeout", "10s", ...linkerd("ipv4")],
		],
		["as its chart does with IPv6", ["--log-format", "plain", "--log-level", "debug", ...linkerd("ipv6")]],
	])("%s: 0, and it says Validated", (_, args) =>
		withRules((world) => {
			const { status, stderr } = world.validate(args, { prefix: asInjected });
			expect(stderr).toMatch(/Listening for connections on .*Connecting to .*Validated/s);
			expect(status).toBe(0);
		}),
	);

	it("a connection that fails is 95 also where nobody takes the JSON that says why", () =>
		withNetns("validate", (netns) => {
			const args = ["validate", "--connect-addr", "192.0.2.1:1404", "--timeout", "1s", "--output", "json"];
			const script = 'exec "$0" "$@" >/dev/full';
			const { status, stderr } = netns.try("sh", ["-c", script, shuntProgram, ...args]);
			expect(stderr).toMatch(/^shunt validate: standard output: no space left on device$/m);
			expect(status).toBe(95);
		}));

	it("a connection that is redirected nowhere: 95 when the time is up", () =>
		withValidatedPod((world) => {
			// The gateway forwards nothing, and says nothing.
			const { status, errors } = world.validate(["--timeout", "700ms"]);
			expect(errors).toEqual(["Failed to validate networking configuration within 700 ms"]);
			expect(status).toBe(95);
		}));

	it("no time at all: 95", () =>
		withRules((world) => {
			expect(world.validate(["--timeout", "0"]).status).toBe(95);
		}));

	it("a port that bypasses the proxy: 95", () =>
		withRules((world) => {
			const { status } = world.validate(["--connect-addr", "192.0.2.2:4567", "--timeout", "1s"]);
			expect(status).toBe(95);
		}));

	it("somebody else on the port: 95", () =>
		withRules(async (world) => {
			await occupy(world, 4140, "x");
			const { status, errors } = world.validate([]);
			expect(errors).toEqual([expect.stringContaining("EADDRINUSE")]);
			expect(status).toBe(95);
		}));

	it.each([
		["other words", `${"x".repeat(63)}\n`],
		["too few", "x"],
		["none", ""],
	])("%s from where the connection arrives: 95", (_, words) =>
		withRules(async (world) => {
			await occupy(world, 9999, words);
			const { status, errors } = world.validate(["--connect-addr", `${podAddresses.ipv4}:9999`]);
			expect(errors).toEqual([expect.stringContaining(`got ${JSON.stringify(words)} instead`)]);
			expect(status).toBe(95);
		}),
	);

	it("a listener at which connections do not arrive: 95", () =>
		withRules((world) => {
			const { status, errors } = world.validate(["--listen-addr", "0.0.0.0:15001"]);
			expect(errors).toEqual([expect.stringContaining("ECONNREFUSED")]);
			expect(status).toBe(95);
		}));

	it("the environment says how to log, as Linkerd's does", () =>
		withRules((world) => {
			for (const prefix of ["LINKERD_NETWORK_VALIDATOR", "LINKERD_VALIDATOR"]) {
				const env = { [`${prefix}_LOG_FORMAT`]: "json", [`${prefix}_LOG_LEVEL`]: "warn,linkerd=debug" };
				expect(world.validate([], { env })).toMatchObject({ status: 0, stderr: "" });
				const { stderr } = world.validate(["--log-level", "info"], { env });
				expect(JSON.parse(stderr.split("\n")[0] ?? "")).toMatchObject({ level: "info" });
			}
			expect(world.validate([], { env: { LINKERD_VALIDATOR_LOG_FORMAT: "xml" } })).toMatchObject({
				status: 64,
				stderr: expect.stringMatching(/^shunt validate: LINKERD_VALIDATOR_LOG_FORMAT: "xml"/),
			});
		}));
});

describe("together with a policy", () => {
	it("the single connection comes last, and can fail it", () =>
		withRules((world) => {
			const { status, stderr } = world.validate([...rules, "--connect-addr", "192.0.2.2:1404"]);
			expect(stderr).toMatch(
				/Listening for connections on 0\.0\.0\.0:4140.*Connecting to 192\.0\.2\.2:1404/s,
			);
			expect(status).toBe(0);
			const skipped = world.validate([...rules, "--connect-addr", `${podAddresses.ipv4}:9999`]);
			expect(skipped).toMatchObject({ status: 95, errors: [expect.stringContaining("ECONNREFUSED")] });
		}));
});

function linkerd(family: "ipv4" | "ipv6"): string[] {
	return family === "ipv4"
		? ["--connect-addr", "1.1.1.1:20001", "--listen-addr", "0.0.0.0:4140"]
		: ["--connect-addr", "[fd00::1]:20001", "--listen-addr", "[::]:4140"];
}
