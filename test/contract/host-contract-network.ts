import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { type Netns, withNetns } from "../support/netns.ts";
import { type Define, ordinaryUser, withFolder } from "./host-contract-kit.ts";
import type { Operation } from "./host-driver.ts";
import { ask, askForTrouble, perform, type Subject } from "./host-subject.ts";

const enter = (netns: Netns): Operation => ({ call: "enterNetns", with: [netns.path] });
const listTables: Operation = { call: "nftTables", with: [] };

/** Namespaces of their own, removed also when a case fails. */
export function networkCases(define: Define): void {
	entering(define);
	making(define);
	interfaces(define);
	tables(define);
}

function entering(define: Define): void {
	define("goes where the path leads, with its children and what /proc shows", (subject) =>
		withNetns("host", (netns) => {
			netns.run("ip", ["link", "add", "probe-a", "type", "veth", "peer", "name", "probe-b"]);
			const { findings } = perform(subject, [
				enter(netns),
				{ call: "readFile", with: ["/proc/self/net/dev"] },
				{ call: "run", with: [[{ argv: ["/bin/cat", "/proc/self/net/dev"], timeoutMs: 5000 }]] },
				{ call: "readFile", with: ["/proc/sys/net/ipv4/conf/probe-a/forwarding"] },
			]);
			expect(findings[0]).toEqual({});
			expect(findings[1]).toEqual({ returned: expect.stringContaining("probe-b:") });
			expect(findings[2]).toMatchObject({ returned: [{ stdout: expect.stringContaining("probe-b:") }] });
			expect(findings[3]).toEqual({ returned: expect.stringMatching(/^[01]\n$/) });
		}),
	);

	define("writes the settings of the namespace it is in", (subject) =>
		withNetns("host", (netns) => {
			const setting = "/proc/sys/net/ipv4/conf/lo/forwarding";
			const { findings } = perform(subject, [
				enter(netns),
				{ call: "writeFile", with: [setting, "1"] },
				{ call: "readFile", with: [setting] },
				{ call: "writeFile", with: [setting, "nonsense"] },
			]);
			expect(findings.slice(1, 3)).toEqual([{}, { returned: "1\n" }]);
			expect(findings[3]).toMatchObject({ threw: { name: "HostError", code: "invalid" } });
			expect(netns.run("cat", [setting])).toBe("1\n");
		}),
	);

	define("tells a path that leads nowhere from one that is no namespace", (subject) => {
		withFolder({ file: "" }, (folder) => {
			expect(askForTrouble(subject, "enterNetns", [`${folder}/nothing`])).toEqual({
				name: "HostError",
				code: "not-found",
				message: `${folder}/nothing: no such file or directory`,
			});
			expect(askForTrouble(subject, "enterNetns", [`${folder}/file`])).toEqual({
				name: "HostError",
				code: "invalid",
				message: `${folder}/file: invalid argument`,
			});
			expect(askForTrouble(subject, "enterNetns", [folder]).code).toBe("invalid");
			expect(askForTrouble(subject, "enterNetns", ["/proc/self/ns/uts"]).code).toBe("invalid");
			expect(askForTrouble(subject, "enterNetns", ["a\0b"]).code).toBe("invalid");
		});
	});

	define("says when it may not", (subject) =>
		withNetns("host", (netns) => {
			expect(askForTrouble(subject, "enterNetns", [netns.path], { uid: ordinaryUser })).toEqual({
				name: "HostError",
				code: "not-permitted",
				message: `${netns.path}: operation not permitted`,
			});
		}),
	);
}

function interfaces(define: Define): void {
	const loopbackAt = (index: number): Operation => ({ call: "loopbackAt", with: [index] });

	define("tells the loopback interface by what it is, and in the namespace it is in", (subject) =>
		withNetns("host", (netns) => {
			netns.run("ip", ["link", "set", "lo", "down"]);
			netns.run("ip", ["link", "set", "lo", "name", "inner0"]);
			netns.run("ip", ["link", "add", "lo", "type", "veth", "peer", "name", "lo1"]);
			const index = Number(netns.run("cat", ["/sys/class/net/lo/ifindex"]));
			const { findings } = perform(subject, [loopbackAt(1), enter(netns), loopbackAt(1), loopbackAt(index)]);
			expect(findings).toEqual([{ returned: "lo" }, {}, { returned: "inner0" }, {}]);
		}),
	);

	define("tells of no interface where there is none", (subject) => {
		for (const index of [0, -1, 0x7fffffff]) {
			expect(ask(subject, "loopbackAt", [index])).toBeUndefined();
		}
	});

	define("tells the kernel's version", (subject) => {
		expect(`${ask(subject, "kernelRelease", [])}\n`).toBe(readFileSync("/proc/sys/kernel/osrelease", "utf8"));
	});
}

function making(define: Define): void {
	define("makes a namespace of its own, empty, with its children and what /proc shows", (subject) =>
		withNetns("host", (netns) => {
			netns.run("ip", ["link", "add", "probe-a", "type", "veth", "peer", "name", "probe-b"]);
			netns.run("nft", ["add table ip nat"]);
			const { findings } = perform(subject, [
				enter(netns),
				{ call: "enterNewNetns", with: [] },
				{ call: "readFile", with: ["/proc/self/net/dev"] },
				{ call: "run", with: [[{ argv: ["/bin/cat", "/proc/self/net/dev"], timeoutMs: 5000 }]] },
				listTables,
			]);
			expect(findings[1]).toEqual({});
			expect(findings[2]).toEqual({ returned: expect.not.stringContaining("probe-b:") });
			expect(findings[3]).toMatchObject({ returned: [{ stdout: expect.not.stringContaining("probe-b:") }] });
			expect(findings[4]).toEqual({ returned: [] });
		}),
	);

	define("says when it may not make one", (subject) => {
		expect(askForTrouble(subject, "enterNewNetns", [], { uid: ordinaryUser })).toEqual({
			name: "HostError",
			code: "not-permitted",
			message: "a new network namespace: operation not permitted",
		});
	});
}

function tables(define: Define): void {
	const tablesIn = (subject: Subject, netns: Netns) =>
		perform(subject, [enter(netns), listTables]).findings[1] as { returned?: unknown };

	define("lists no tables where there are none", (subject) =>
		withNetns("host", (netns) => {
			expect(tablesIn(subject, netns)).toEqual({ returned: [] });
		}),
	);

	define("lists the tables of our families", (subject) =>
		withNetns("host", (netns) => {
			const script =
				"add table ip nat; add table inet shunt; add table arp a; add table ip6 x; add table bridge b";
			netns.run("nft", [script]);
			expect(tablesIn(subject, netns)).toEqual({
				returned: [
					{ family: "ipv4", name: "nat" },
					{ family: "inet", name: "shunt" },
					{ family: "ipv6", name: "x" },
				],
			});
		}),
	);

	define("lists more tables than the kernel tells of at once", (subject) =>
		withNetns("host", (netns) => {
			const names = Array.from(
				{ length: 1000 },
				(_, index) => `${"long-name-".repeat(10).replaceAll("-", "_")}${index}`,
			);
			netns.run("nft", ["-f", "-"], names.map((name) => `add table ip ${name}\n`).join(""));
			expect(tablesIn(subject, netns).returned).toEqual(names.map((name) => ({ family: "ipv4", name })));
		}),
	);

	define("lists the tables of the namespace it is in at that moment", (subject) =>
		withNetns("host", (first) =>
			withNetns("host", (second) => {
				first.run("nft", ["add table ip nat"]);
				const { findings } = perform(subject, [enter(first), listTables, enter(second), listTables]);
				expect(findings[1]).toEqual({ returned: [{ family: "ipv4", name: "nat" }] });
				expect(findings[3]).toEqual({ returned: [] });
			}),
		),
	);

	define("knows of no tables that the kernel will not show", (subject) => {
		expect(ask(subject, "nftTables", [], { uid: ordinaryUser })).toBeUndefined();
	});
}
