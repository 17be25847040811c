import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ChangeListeners } from "../../src/agent/repair/change-listeners.ts";
import { loadLibc } from "../../src/linux/libc.ts";
import { travel } from "../../src/linux/netns.ts";
import { RuntimeNamespaces } from "../agent/support/runtime-namespaces.ts";

let namespaces: RuntimeNamespaces;
let listeners: ChangeListeners;

beforeEach(() => {
	namespaces = new RuntimeNamespaces();
	listeners = new ChangeListeners(loadLibc);
});

afterEach(() => {
	listeners.close();
	namespaces.remove();
});

function listenIn(...names: readonly string[]): void {
	travel(loadLibc(), (visit) => {
		for (const path of names.map((name) => namespaces.path(name))) {
			visit(path, () => listeners.listen(path));
		}
	});
}

/** Of these, those in which nobody has changed anything. */
function quiet(...names: readonly string[]): readonly string[] {
	listeners.refresh();
	return names.filter((name) => listeners.isQuiet(namespaces.path(name)));
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
	listenIn("a", "b");
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
		listenIn("a", "b");
		expect(quiet("a", "b")).toEqual(["a", "b"]);
	}
	namespaces.run("a", "iptables-nft", ["-t", "nat", "-A", "OUTPUT", "-j", "ACCEPT"]);
	expect(quiet("a", "b")).toEqual(["b"]);
});

it("hear more than there is room for", () => {
	namespaces.make("a", "10.98.1.1");
	listenIn("a");
	const rules = Array.from({ length: 2000 }, () => "add rule inet shop first counter accept");
	const script = ["add table inet shop", "add chain inet shop first", ...rules].join("\n");
	namespaces.run("a", "nft", ["-f", "-"], script);
	expect(quiet("a")).toEqual([]);
});

it("are no more than they may be, and leave no file open", () => {
	const before = openFiles();
	listeners = new ChangeListeners(loadLibc, 1);
	namespaces.make("a", "10.98.1.1");
	namespaces.make("b", "10.98.1.2");
	listenIn("a", "b");
	expect(quiet("a", "b")).toEqual(["a"]);
	listeners.drop(namespaces.path("a"));
	listenIn("b");
	expect(quiet("a", "b")).toEqual(["b"]);
	namespaces.removeOne("b");
	expect(quiet("a", "b")).toEqual([]);
	expect(openFiles()).toBe(before);
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
				listeners.listen(path);
			}),
		);
	} finally {
		taken.forEach((descriptor) => {
			closeSync(descriptor);
		});
		execFileSync("prlimit", [`--pid=${process.pid}`, `--nofile=${soft}:${hard}`]);
	}
	expect(quiet("a")).toEqual([]);
	listenIn("a");
	expect(quiet("a")).toEqual(["a"]);
});
