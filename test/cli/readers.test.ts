import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandNames } from "../../src/cli/commands.ts";
import { installRelease } from "../check/support/release.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import { patientReaders, readBy } from "../support/readers.ts";

const program = (name: string) => resolve("bin", name);
const shunt = program("shunt");
/** More than a pipe holds by itself, and than whoever reads a line takes with it. */
const aPipe = 80_000;

function deployment(index: number, annotations = ""): string {
	return `# ${"It is long by its comments, which take no time. ".repeat(30)}
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-${index}}
spec:
  template:
    metadata:
      labels: {app: web-${index}}${annotations}
    spec:
      containers: [{name: app, image: nginx}]
`;
}

const many = (count: number, annotations = "") =>
	Array.from({ length: count }, (_, index) => deployment(index, annotations)).join("---\n");

const ports = Array.from({ length: 20_000 }, (_, index) => 2 * index + 1).join(",");
/** In two, since an argument may have no more than 128 KiB (MAX_ARG_STRLEN in linux/binfmts.h). */
const policy = ["-p", "4143", "-o", "4140", "-u", "2102", "--simulate"] as const;
const longLists = ["--inbound-ports-to-ignore", ports, "--outbound-ports-to-ignore", ports] as const;

/** Each starts several programs, on machines that have other things to do. */
const patience = { timeout: 300_000 };

let folder: string;
let api: ApiServer;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "shunt-readers-"));
	writeFileSync(join(folder, "many.yaml"), many(80));
	writeFileSync(
		join(folder, "wrong.yaml"),
		many(
			100,
			`
      annotations:\n        config.shunt.dev/proxy-uid: ${"nobody".repeat(400)}`,
		),
	);
	const injected = await readBy("file", [shunt, "inject", "--manual", join(folder, "many.yaml")]);
	writeFileSync(join(folder, "injected.yaml"), injected.stdout);
	const values = `injector: {podAnnotations: {long: ${"x".repeat(120_000)}}}`;
	const installed = await readBy("file", [shunt, "install", "--ignore-cluster", "-f", "-"], values);
	writeFileSync(join(folder, "installed.yaml"), installed.stdout);
	api = await ApiServer.start();
	installRelease(api);
	writeFileSync(join(folder, "kubeconfig"), api.kubeconfig);
});
afterAll(async () => {
	rmSync(folder, { recursive: true, force: true });
	await api.stop();
});

/** Arguments that end in `@` name a file of the folder. */
const located = ([first, ...rest]: Command): [string, ...string[]] => [
	program(first),
	...rest.map((word) => (word.endsWith("@") ? join(folder, word.slice(0, -1)) : word)),
];

type Command = readonly [string, ...string[]];

/** What prints more than a pipe holds, the same each time. */
const long: readonly Command[] = [
	["shunt", "inject", "--manual", "many.yaml@"],
	["shunt", "inject", "--manual", "-o", "json", "many.yaml@"],
	["shunt", "uninject", "injected.yaml@"],
	["shunt", "explain", "-f", "many.yaml@", "-o", "json"],
	["shunt", "explain", "-f", "many.yaml@"],
	["shunt", "explain", "-f", "many.yaml@", "--html", "-"],
	["shunt", "init", ...policy, ...longLists],
	["shunt", "init", ...policy, "--output", "json", ...longLists],
	["shunt", "upgrade", "--from-manifests", "installed.yaml@"],
	["kubectl-shunt", "inject", "--manual", "many.yaml@"],
	["proxy-init", ...policy, ...longLists],
];

/** What prints a little. */
const short: readonly Command[] = [
	["shunt"],
	["shunt", "--help"],
	["shunt", "--version"],
	["shunt", "help", "inject"],
	...commandNames.map((command): Command => ["shunt", command, "--help"]),
	["shunt", "install-cni"],
	...["bash", "zsh", "fish", "powershell"].map((shell): Command => ["shunt", "completion", shell]),
	["shunt", "__complete", ""],
	["shunt", "install", "--ignore-cluster"],
	["shunt", "check", "--kubeconfig", "kubeconfig@", "--wait", "0"],
	["shunt", "uninstall", "--kubeconfig", "kubeconfig@"],
	["kubectl-shunt", "--help"],
	["kubectl-shunt", "--version"],
	["kubectl-shunt", "init", "--help"],
	["kubectl_complete-shunt", ""],
	["proxy-init", "--help"],
	["shunt-network-validator", "--help"],
];

const named = (command: Command) => ({
	name: command.map((word) => (word.length > 40 ? "…" : word)).join(" "),
	command,
});

/** The program and its command, as it calls itself. */
const called: Readonly<Record<string, string>> = {
	"kubectl-shunt": "kubectl shunt",
	"kubectl_complete-shunt": "shunt __complete",
};

function complaint([first]: Command, reason: string): RegExp {
	return new RegExp(`^${called[first] ?? first}(?: [a-z_-]+)?: standard output: ${reason}$`, "m");
}

describe("what is printed arrives whole", () => {
	it.concurrent.each(long.map(named))("$name", patience, async ({ command }) => {
		const { status, stdout: text } = await readBy("file", located(command));
		expect(status).toBe(0);
		expect(text.length).toBeGreaterThan(aPipe);
		for (const reader of patientReaders) {
			const read = await readBy(reader, located(command));
			expect([reader, read.status, read.stdout.length]).toEqual([reader, 0, text.length]);
			expect(read.stdout === text).toBe(true);
		}
	});
});

describe("what is not delivered is a failure, told in a line", () => {
	it.concurrent.each([...long, ...short].map(named))("$name", patience, async ({ command }) => {
		for (const [reader, reason] of [
			["full", "no space left on device"],
			["gone", "broken pipe"],
		] as const) {
			const { status, stderr } = await readBy(reader, located(command));
			expect(stderr).toMatch(complaint(command, reason));
			expect(stderr).not.toMatch(/^\s+at /m);
			expect(status).toBe(1);
		}
	});

	// A whole JSON in one line is what that reader takes.
	const ofLines = long.filter((command) => !command.includes("--output"));
	it.concurrent.each(ofLines.map(named))(
		"$name, at a reader who has seen enough",
		patience,
		async ({ command }) => {
			const { status, stderr, stdout } = await readBy("head", located(command));
			expect(stdout.split("\n")).toHaveLength(2);
			expect(stderr).toMatch(complaint(command, "broken pipe"));
			expect(status).toBe(1);
		},
	);
});

describe("a program that is started without standard output", () => {
	it("does what it is asked: on Node there is /dev/null in its place", async () => {
		for (const command of [
			["shunt", "completion", "bash"],
			["proxy-init", "--help"],
		] as const) {
			const { status, stderr } = await readBy("closed", located(command));
			expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		}
	});
});

describe("bad input stays bad input", () => {
	it.concurrent.each(
		[
			["shunt", "inject", "wrong.yaml@"],
			["shunt", "explain", "-f", "missing.yaml@"],
			["shunt", "init", "--no-such-flag", "--output", "json"],
			["shunt", "status", "--no-such-flag", "--output", "json"],
			["shunt", "connections", "--no-such-flag", "--output", "json"],
			["shunt", "no-such-command"],
			["shunt", "install", "--no-such-flag"],
			["shunt", "completion", "tcsh"],
			["shunt-network-validator", "--no-such-flag"],
		].map((command) => named(command as unknown as Command)),
	)("$name", patience, async ({ command }) => {
		for (const reader of ["full", "gone stderr", "closed stderr"] as const) {
			expect([reader, (await readBy(reader, located(command))).status]).toEqual([reader, 64]);
		}
	});
});

describe("standard error", () => {
	it("is whole where somebody takes his time to read it", async () => {
		const command: Command = ["shunt", "inject", "wrong.yaml@"];
		const { stderr } = await readBy("file", located(command));
		expect(stderr.length).toBeGreaterThan(aPipe);
		const { stdout, status } = await readBy("slow stderr", located(command));
		expect(stdout === stderr).toBe(true);
		expect(status).toBe(64);
	});

	it.each(["full stderr", "gone stderr", "closed stderr"] as const)(
		"changes no result: %s",
		async (reader) => {
			const command: Command = ["shunt", "inject", "--manual", "many.yaml@"];
			const { stdout } = await readBy("file", located(command));
			expect(await readBy(reader, located(command))).toEqual({ status: 0, stdout, stderr: "" });
		},
	);
});
