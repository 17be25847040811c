import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NamespaceWatches } from "../../src/agent/repair/namespace-watches.ts";
import { looksToWhole } from "../../src/agent/repair/table-watch.ts";
import { takeFingerprint } from "../../src/backend/fingerprint.ts";
import { createNodeHost } from "../../src/host/node.ts";
import { loadLibc } from "../../src/linux/libc.ts";
import { travel } from "../../src/linux/netns.ts";
import { RuntimeNamespaces } from "../agent/support/runtime-namespaces.ts";

const host = createNodeHost();
let namespaces: RuntimeNamespaces;
let watches: NamespaceWatches;

beforeEach(() => {
	namespaces = new RuntimeNamespaces();
	watches = new NamespaceWatches(loadLibc);
});

afterEach(() => {
	watches.close();
	namespaces.remove();
});

function watch(...names: readonly string[]): void {
	travel(loadLibc(), (visit) => {
		for (const path of names.map((name) => namespaces.path(name))) {
			visit(path, () => watches.begin(path, takeFingerprint(host) ?? { generation: undefined, tables: [] }));
		}
	});
}

/** Of these, those in which nobody has changed anything. */
function quiet(...names: readonly string[]): readonly string[] {
	watches.refresh();
	return names.filter((name) => watches.isQuiet(namespaces.path(name)));
}

function nft(name: string, ...command: readonly string[]): void {
	namespaces.run(name, "nft", command);
}

function openFiles(): number {
	return readdirSync("/proc/self/fd").length;
}

it("hear each change of rules in their namespace, and nothing else", () => {
	namespaces.make("a", "10.98.1.1");
	namespaces.make("b", "10.98.1.2");
	expect(quiet("a", "b")).toEqual([]);
	watch("a", "b");
	namespaces.run("a", "ip", ["address", "add", "10.98.2.1/24", "dev", "eth0"]);
	nft("a", "list", "ruleset");
	expect(quiet("a", "b")).toEqual(["a", "b"]);
	for (const change of [
		["add", "table", "inet", "shop"],
		["add", "chain", "inet", "shop", "first"],
		["add", "rule", "inet", "shop", "first", "accept"],
		["flush", "chain", "inet", "shop", "first"],
		["flush", "ruleset"],
	]) {
		nft("a", ...change);
		expect(quiet("a", "b")).toEqual(["b"]);
		watch("a", "b");
		expect(quiet("a", "b")).toEqual(["a", "b"]);
	}
	namespaces.run("a", "iptables-nft", ["-t", "nat", "-A", "OUTPUT", "-j", "ACCEPT"]);
	expect(quiet("a", "b")).toEqual(["b"]);
});

it("hear more than there is room for", () => {
	namespaces.make("a", "10.98.1.1");
	watch("a");
	const rules = Array.from({ length: 2000 }, () => "add rule inet shop first counter accept");
	const script = ["add table inet shop", "add chain inet shop first", ...rules].join("\n");
	namespaces.run("a", "nft", ["-f", "-"], script);
	expect(quiet("a")).toEqual([]);
});

it("are no more than they may be, and leave no file open", () => {
	const before = openFiles();
	watches = new NamespaceWatches(loadLibc, 1);
	namespaces.make("a", "10.98.1.1");
	namespaces.make("b", "10.98.1.2");
	watch("a", "b");
	expect(quiet("a", "b")).toEqual(["a"]);
	watches.drop(namespaces.path("a"));
	watch("b");
	expect(quiet("a", "b")).toEqual(["b"]);
	namespaces.removeOne("b");
	expect(quiet("a", "b")).toEqual([]);
	expect(openFiles()).toBe(before);
});

describe("tables of x_tables", () => {
	const legacy = (name: string, ...command: readonly string[]) =>
		namespaces.run(name, "iptables-legacy", ["-t", "nat", ...command]);
	const rule = (chain: string, target: string) => [chain, "-p", "tcp", "--dport", "80", "-j", target];

	/** At which of the next looks a change is seen; undefined where at none until the whole table was read. */
	const seenAt = (name: string) =>
		Array.from({ length: looksToWhole }, (_, look) => look + 1).find(() => quiet(name).length === 0);

	beforeEach(() => {
		for (const [name, address] of [
			["a", "10.98.1.1"],
			["b", "10.98.1.2"],
		] as const) {
			namespaces.make(name, address);
			legacy(name, "-A", ...rule("OUTPUT", "RETURN"));
			namespaces.run(name, "ip6tables-legacy", ["-t", "nat", "-A", ...rule("OUTPUT", "RETURN")]);
		}
	});

	it("are seen to be the same, whatever they count, and others' changes are nobody else's", () => {
		// Without a rule that translates, the kernel asks this table about no connection.
		legacy("a", "-A", "OUTPUT", "-p", "tcp", "--dport", "81", "-j", "REDIRECT");
		watch("a", "b");
		namespaces.run("a", "bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/80 || true"]);
		expect(legacy("a", "-v", "-S", "OUTPUT")).toMatch(/-c [1-9]\d* \d+ -j RETURN$/m);
		legacy("b", "-R", "OUTPUT", "1", ...rule("OUTPUT", "ACCEPT").slice(1));
		expect(seenAt("a")).toBeUndefined();
	});

	it.each([
		["a rule more", () => legacy("a", "-A", ...rule("OUTPUT", "ACCEPT"))],
		["a rule less", () => legacy("a", "-D", ...rule("OUTPUT", "RETURN"))],
		["all rules", () => legacy("a", "-F")],
		["a chain more", () => legacy("a", "-N", "SHOP")],
		["a rule less of IPv6", () => namespaces.run("a", "ip6tables-legacy", ["-t", "nat", "-F"])],
		["a rule of nf_tables", () => nft("a", "add", "table", "inet", "shop")],
	])("are seen to have changed at the next look: %s", (_, change) => {
		watch("a", "b");
		expect(quiet("a", "b")).toEqual(["a", "b"]);
		change();
		expect(quiet("a", "b")).toEqual(["b"]);
		expect(seenAt("b")).toBeUndefined();
	});

	it.each([
		[
			"a rule over another of the same length",
			() => legacy("a", "-R", "OUTPUT", "1", ...rule("OUTPUT", "ACCEPT").slice(1)),
		],
		["a port", () => legacy("a", "-R", "OUTPUT", "1", "-p", "tcp", "--dport", "81", "-j", "RETURN")],
	])("are seen to have changed within twenty looks: %s", (_, change) => {
		watch("a", "b");
		expect(quiet("a", "b")).toEqual(["a", "b"]);
		change();
		expect(seenAt("a")).toBeDefined();
		expect(seenAt("b")).toBeUndefined();
	});

	it("are asked for by a file of their own, which goes with the namespace's", () => {
		const before = openFiles();
		watches = new NamespaceWatches(loadLibc, 3);
		watch("a", "b");
		expect(openFiles()).toBe(before + 2);
		expect(quiet("a", "b")).toEqual(["a"]);
		namespaces.unbind("a");
		expect(quiet("a", "b")).toEqual([]);
		expect(openFiles()).toBe(before);
	});
});

it("are none where no file can be opened any more", () => {
	namespaces.make("a", "10.98.1.1");
	const limits = execFileSync(
		"prlimit",
		[`--pid=${process.pid}`, "--nofile", "--noheadings", "--raw", "--output=SOFT,HARD"],
		{ encoding: "utf8" },
	);
	const [soft, hard] = limits.trim().split(" ");
	execFileSync("prlimit", [`--pid=${process.pid}`, `--nofile=512:${hard}`]);
	const taken: number[] = [];
	try {
		const path = namespaces.path("a");
		travel(loadLibc(), (visit) =>
			visit(path, () => {
				expect(() => {
					for (;;) {
						taken.push(openSync("/dev/null", "r"));
					}
				}).toThrow("EMFILE");
				watches.begin(path, { generation: undefined, tables: [] });
			}),
		);
	} finally {
		taken.forEach((descriptor) => {
			closeSync(descriptor);
		});
		execFileSync("prlimit", [`--pid=${process.pid}`, `--nofile=${soft}:${hard}`]);
	}
	expect(quiet("a")).toEqual([]);
	watch("a");
	expect(quiet("a")).toEqual(["a"]);
});
