import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { formatResults } from "../../src/cli/check/format-results.ts";
import { formatWorkloads } from "../../src/cli/cluster/pods.ts";
import { jsonString } from "../../src/cli/inject/yaml/print.ts";
import { createPaints } from "../../src/cli/paint.ts";
import { createLogger } from "../../src/command/logger.ts";
import { harmless } from "../../src/domain/harmless.ts";
import { createMemoryHost } from "../../src/host/memory.ts";
import { runInit } from "../../src/init/run-init.ts";
import { renderReview } from "../../src/injector/answer-review.ts";
import { eventNote } from "../../src/injector/events.ts";
import { clusterErrorOf } from "../../src/kube/cluster-error.ts";
import { createLog } from "../../src/serving/log.ts";
import { runStatus } from "../../src/status/status.ts";
import { explained } from "../explain/run.ts";
import { runInject, runUninject } from "../support/inject-manifests.ts";
import { readBy } from "../support/readers.ts";

/** Sets a window's title, colours, turns the order, ends a line and begins one of ours, in C0, C1 and Unicode. */
const evil = "\u001b]0;x\u0007\u009b31m\u202eabc\u2066\u007f\r\npod/good injected\u2028.";
const told = harmless(evil);
/** kubectl and we take such characters in escapes alone. */
const yamlText = jsonString(evil);

/** Nothing but lines of ours. */
function expectHarmless(text: string): void {
	expect(text.split("\n").map(harmless).join("\n")).toBe(text);
	expect(text).not.toMatch(/^pod\/good/m);
	expect(text).toContain(told);
}

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: ${yamlText}
spec:
  containers: [{name: ${yamlText}, image: x, ports: [{containerPort: 4143}]}]
`;

const inject = (text: string) => runInject(["--manual", "-"], text);

describe("what manifests say", () => {
	it("is told in inject's report, in names and in warnings", () => {
		const { status, stdout, stderr } = inject(pod);
		expect(status).toBe(0);
		expect(stderr.split(told)).toHaveLength(3);
		expectHarmless(stderr);
		// The document itself is as it was.
		expect(stdout).toContain(yamlText);
	});

	it("is told in its mistakes, keys and values", () => {
		const { status, stderr } = inject(
			pod.replace("spec:", `  annotations: {config.shunt.dev/proxy-uid: ${yamlText}}\nspec:`),
		);
		expect(status).toBe(64);
		expectHarmless(stderr);
	});

	it("is told by explain, in both formats of which one is for people", async () => {
		const { status, stdout } = await explained(["-f", "-"], { stdin: pod });
		expect(status).toBe(0);
		expectHarmless(stdout);
		const missing = await explained(["-f", evil]);
		expect(missing.status).toBe(64);
		expectHarmless(missing.stderr);
	});
});

describe("JSON, which a terminal reads along,", () => {
	const ends = /[^\P{Cc}\n]|[\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
	const expectSame = (text: string, wanted: unknown) => {
		expect(text).not.toMatch(ends);
		expect(JSON.parse(text)).toMatchObject(wanted as object);
	};

	it("is for programs the same: of manifests", async () => {
		expectSame(runInject(["-o", "json", "-"], pod).stdout, { metadata: { name: evil } });
		expectSame(runUninject(["-o", "json", "-"], pod).stdout, { metadata: { name: evil } });
		const { stdout } = await explained(["-f", "-", "-o", "json"], { stdin: pod });
		expectSame(stdout, { subjects: [{ name: `pod/${evil}` }] });
	});

	it("is for programs the same: of machines", () => {
		const name = evil.replaceAll("/", "-");
		const host = createMemoryHost({ netnsPaths: [`/run/netns/${name}`] });
		host.files.set("/proc/self/ns/net", "");
		host.files.set(`/run/netns/${name}`, "");
		runStatus(host, ["--all", "--output", "json"]);
		expect(host.output.join("")).toContain("\\u009b31m\\u202eabc");
		expect(host.output.join("")).not.toMatch(ends);
		runInit(host, ["--output", "json", "--netns", evil, "-p", "1", "-o", "2", "-u", "3"]);
		expectSame(host.output.at(-1) ?? "", { exitCode: 64 });
	});

	it("is for programs the same: of clusters", () => {
		const check = { id: "x", description: evil, run: () => ({ kind: "ok" }) } as never;
		const results = [{ name: evil, results: [{ check, outcome: { kind: "ok", note: evil } }] }] as never;
		expect(formatResults(results, "json", createPaints(false))).not.toMatch(ends);
	});
});

describe("what machines say", () => {
	it("is told in status's table: names of processes and of namespaces", () => {
		const name = evil.replaceAll("/", "-");
		const netnsPaths = ["/proc/77/ns/net", `/run/netns/${name}`];
		const host = createMemoryHost({ netnsPaths });
		host.files.set("/proc/self/ns/net", "");
		host.files.set("/proc/77/ns/net", "");
		host.files.set("/proc/77/comm", evil);
		host.files.set(`/run/netns/${name}`, "");
		runStatus(host, ["--all"]);
		const table = host.output.join("");
		expect(table).toContain(harmless(name));
		expectHarmless(table);
	});

	it("is told in the words of a tool that fails", () => {
		const host = createMemoryHost();
		for (const program of ["iptables-nft-restore", "ip6tables-nft-restore"]) {
			host.intercept(program, () => ({
				outcome: { kind: "exited", code: 1 },
				stdout: "",
				stderr: evil.replaceAll("\n", " "),
			}));
		}
		const argv = ["-p", "4143", "-o", "4140", "-u", "2102", "--iptables-mode", "nft"];
		expect(runInit(host, argv)).not.toBe(0);
		const logged = host.logged.join("\n");
		expect(logged).toContain(harmless(evil.replaceAll("\n", " ").trim()));
		expect(logged.split("\n").map(harmless)).toEqual(host.logged);
	});

	it("is told in the logs of short and of long programs", () => {
		const host = createMemoryHost();
		const lines: string[] = [];
		for (const logFormat of ["plain", "json"] as const) {
			createLogger(host, logFormat, "info").info(evil);
			const output = { write: (line: string) => lines.push(line) };
			createLog({ logFormat, logLevel: "info" }, output).info(evil, { pod: evil });
		}
		expectHarmless(host.logged.join("\n"));
		expectHarmless(lines.join(""));
		expect(JSON.parse(lines[1] ?? "")).toMatchObject({ msg: evil, pod: evil });
		expect(JSON.parse(host.logged[1] ?? "")).toMatchObject({ msg: evil });
	});
});

describe("what clusters say", () => {
	it("is told in the reason why a request failed", () => {
		const body = JSON.stringify({ kind: "Status", message: evil.replaceAll("\n", " ") });
		const { message } = clusterErrorOf({ code: 403, body }, "https://cluster");
		expect(message).toContain(harmless(evil.replaceAll("\n", " ")));
		expect(harmless(message)).toBe(message);
	});

	it("is told in the names of workloads", () => {
		const [line = ""] = formatWorkloads([{ namespace: evil, name: evil, pods: [] }]);
		expect(line.split(told)).toHaveLength(3);
		expect(harmless(line)).toBe(line);
	});

	it("is told in check's table", () => {
		const check = {
			id: "x",
			description: "it is so",
			isWorthWaiting: false,
			run: async () => ({ kind: "ok" }),
		};
		const outcomes = [
			{ kind: "ok", note: evil, details: [evil] },
			{ kind: "failed", message: evil, details: [evil] },
			{ kind: "skipped", reason: evil },
		] as const;
		const results = outcomes.map((outcome) => ({ check: check as never, outcome }));
		const text = formatResults([{ name: "all", results }], "table", createPaints(false));
		expect(text.split(told)).toHaveLength(6);
		expectHarmless(text);
	});

	it("is told back to whoever creates a pod", () => {
		const refused = renderReview("1", {
			kind: "refused",
			problems: [{ source: evil, complaint: evil, accepted: evil }],
		});
		const warned = renderReview("1", { kind: "injected", patch: [], warnings: [evil] });
		expectHarmless(JSON.parse(refused.body).response.status.message);
		expect(JSON.parse(warned.body).response.warnings).toEqual([told]);
		const request = {
			uid: "1",
			operation: "CREATE",
			group: "",
			version: "v1",
			kind: "Pod",
			subResource: "",
			namespace: "shop",
			dryRun: false,
			object: { metadata: { name: "web" } },
		};
		const note = eventNote(request, { kind: "skipped", code: "host-network", reason: evil } as never);
		expectHarmless(note?.note ?? "");
	});
});

describe("what a user types", () => {
	it.each([
		["inject", "-o", evil],
		["inject", `--${evil}`],
		["init", `--${evil}`],
		["explain", "-f", evil],
		["connections", "--netns", evil],
		["connections", "--state", evil],
		["proxy", "--log-level", evil],
		["injector", "--port", evil],
		["install", "--namespace", evil],
		["install", "--ignore-cluster", "-f", evil],
		["install", "--ignore-cluster", "--set", `a.${evil}[=1`],
		["install-cni", "--set-string", evil.replaceAll(".", "")],
		["install-cni", "--values", ` ${evil}`],
		["upgrade", "--values", ` ${evil}`],
		["check", "--kubeconfig", evil],
		["validate", `--${evil}`],
		["completion", evil],
		[evil],
	])("is told when it is wrong: %s", async (...args) => {
		const { status, stderr } = await readBy("file", [resolve("bin/shunt"), ...args]);
		expect(stderr).not.toMatch(/^pod\/good/m);
		expect(stderr).toMatch(/^(shunt( [^\n]*)?: [^\n]+\n)+$/);
		expect(stderr.split("\n").map(harmless).join("\n")).toBe(stderr);
		expect(stderr).toContain("\\u009b31m");
		expect(status).toBe(64);
	});
});
