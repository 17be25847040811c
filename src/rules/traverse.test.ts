import { describe, expect, it } from "vitest";
import { istioRules, kumaRules } from "../../test/support/foreign-meshes.ts";
import { rulesetPrinted } from "../../test/support/printed-rules.ts";
import { parseAddress } from "../domain/cidr.ts";
import type { TableDialect } from "../domain/mode.ts";
import type { NatPacket } from "./match.ts";
import type { Ruleset } from "./ruleset.ts";
import { traverse } from "./traverse.ts";

type Address = NatPacket["source"];
const address = (text: string) => parseAddress(text) as Address;

const outgoing: NatPacket = {
	hook: "output",
	family: "ipv4",
	protocol: "tcp",
	source: address("10.0.0.5"),
	destination: address("192.0.2.1"),
	destinationPort: 80,
	interface: "eth0",
	uid: 1000,
	gid: 1000,
};

const incoming: NatPacket = {
	hook: "prerouting",
	family: "ipv4",
	protocol: "tcp",
	source: address("10.0.0.9"),
	destination: address("10.0.0.5"),
	destinationPort: 80,
	interface: "eth0",
};

/** Rules of iptables as though they had been saved. */
function saved(lines: readonly string[], dialect: "legacy" | "nft" = "nft", policy = "ACCEPT"): Ruleset {
	const heads = [`:PREROUTING ${policy} [0:0]`, `:OUTPUT ${policy} [0:0]`];
	return rulesetPrinted({
		saved: [{ dialect, family: "ipv4", text: ["*nat", ...heads, ...lines, "COMMIT"].join("\n") }],
		gaps: [],
	});
}

function listed(...chains: readonly [priority: number, table: string, expr: readonly object[]][]): Ruleset {
	const entries = chains.flatMap(([prio, table, expr], index) => {
		const at = { family: "inet", table };
		const name = `chain${index}`;
		return [
			{ table: { family: "inet", name: table } },
			{ chain: { ...at, name, type: "nat", hook: "output", prio, policy: "accept" } },
			{ rule: { ...at, chain: name, handle: 1, expr } },
		];
	});
	const tables = entries.filter(
		(entry, index) =>
			!("table" in entry) ||
			entries.findIndex((other) => JSON.stringify(other) === JSON.stringify(entry)) === index,
	);
	return rulesetPrinted({
		saved: [],
		gaps: [],
		listing: { json: JSON.stringify({ nftables: tables }), text: "" },
	});
}

const together = (...all: readonly Ruleset[]): Ruleset => ({
	tables: all.flatMap(({ tables }) => tables),
	gaps: all.flatMap(({ gaps }) => gaps),
	unconfirmed: [],
});

const toPort = (port: number) => [
	{ match: { op: "==", left: { meta: { key: "l4proto" } }, right: 6 } },
	{ redirect: { port } },
];
const redirect = (port: number) => ({ kind: "redirect", port });

describe("Istio's rules", () => {
	const through = (packet: NatPacket) => traverse(saved(istioRules), packet).fate;
	it.each([
		["inbound to its proxy", incoming, redirect(15_006)],
		["inbound to an excluded port past it", { ...incoming, destinationPort: 15_090 }, { kind: "pass" }],
		["outbound to its proxy", outgoing, redirect(15_001)],
		["the proxy's own outbound past it", { ...outgoing, uid: 1337 }, { kind: "pass" }],
		[
			"what the proxy hands on to the application past it",
			{ ...outgoing, interface: "lo", source: address("127.0.0.6") },
			{ kind: "pass" },
		],
		[
			"what the proxy sends to this pod by its address to the inbound listener",
			{ ...outgoing, interface: "lo", destination: address("10.0.0.5"), uid: 1337 },
			redirect(15_006),
		],
		[
			"what an application sends to itself past it",
			{ ...outgoing, interface: "lo", destination: address("10.0.0.5") },
			{ kind: "pass" },
		],
	])("take %s", (_, packet, fate) => expect(through(packet)).toEqual(fate));
});

describe("Kuma's rules", () => {
	const through = (packet: NatPacket) => traverse(saved(kumaRules), packet).fate;
	it.each([
		["inbound to its proxy", incoming, redirect(15_006)],
		["outbound to its proxy", outgoing, redirect(15_001)],
		["the proxy's own outbound past it", { ...outgoing, uid: 5678 }, { kind: "pass" }],
		["other protocols past it", { ...outgoing, protocol: "udp" } as const, { kind: "pass" }],
	])("take %s", (_, packet, fate) => expect(through(packet)).toEqual(fate));
});

describe("jumps", () => {
	const rules = (...output: readonly string[]) =>
		saved([":ONE - [0:0]", ":TWO - [0:0]", ...output, "-A ONE -p udp -j ACCEPT", "-A TWO -p tcp -j RETURN"]);

	it("come back at a return and at the end of a chain", () => {
		const { fate, steps } = traverse(
			rules("-A OUTPUT -j ONE", "-A OUTPUT -j TWO", "-A OUTPUT -p tcp -j REDIRECT --to-ports 5"),
			outgoing,
		);
		expect(fate).toEqual(redirect(5));
		expect(steps.map(({ chain, position, matched }) => `${chain} ${position} ${matched}`)).toEqual([
			"OUTPUT 1 yes",
			"ONE 1 no",
			"OUTPUT 2 yes",
			"TWO 1 yes",
			"OUTPUT 3 yes",
		]);
	});

	it("do not come back after a goto", () => {
		expect(traverse(rules("-A OUTPUT -g ONE", "-A OUTPUT -p tcp -j REDIRECT"), outgoing).fate).toEqual({
			kind: "pass",
		});
	});

	it("of a goto come back to where its chain was jumped to from", () => {
		const lines = rules(
			"-A OUTPUT -j ONE",
			"-A ONE -g TWO",
			"-A ONE -j DROP",
			"-A OUTPUT -p tcp -j REDIRECT --to-ports 5",
		);
		expect(traverse(lines, outgoing).fate).toEqual(redirect(5));
	});

	it("that never end are no fate", () => {
		const { fate } = traverse(saved([":A - [0:0]", "-A OUTPUT -j A", "-A A -j A"]), outgoing);
		expect(fate.kind).toBe("unknown");
	});
});

describe("the end of a chain", () => {
	it("is its policy's, also after a return", () => {
		expect(traverse(saved(["-A OUTPUT -p tcp -j RETURN"], "nft", "DROP"), outgoing).fate).toEqual({
			kind: "drop",
		});
		expect(traverse(saved([], "nft", "DROP"), incoming).fate).toEqual({ kind: "drop" });
	});

	it("is another's beginning after an accept", () => {
		const both = together(saved(["-A OUTPUT -j ACCEPT"]), listed([0, "later", toPort(7)]));
		const { fate, decidedBy } = traverse(both, outgoing);
		expect(fate).toEqual(redirect(7));
		expect(decidedBy?.table.name).toBe("later");
	});

	it("of a packet that nothing steers is where it was going, by the rule that let it go", () => {
		const { fate, decidedBy } = traverse(
			saved(["-A OUTPUT -p tcp -j ACCEPT", "-A OUTPUT -j REDIRECT"]),
			outgoing,
		);
		expect(fate).toEqual({ kind: "pass" });
		expect(decidedBy?.position).toBe(1);
	});
});

describe("the order of base chains", () => {
	it("is that of their priorities, whatever the tables' order", () => {
		const chains = listed([5, "late", toPort(2)], [-200, "early", toPort(1)]);
		expect(traverse(chains, outgoing).fate).toEqual(redirect(1));
	});

	it("at one priority within a table is the later one's first", () => {
		expect(traverse(listed([-100, "one", toPort(1)], [-100, "one", toPort(2)]), outgoing).fate).toEqual(
			redirect(2),
		);
	});

	it("at one priority in two tables cannot be told, which matters only where they differ", () => {
		const differ = together(
			saved(["-A OUTPUT -p tcp -j REDIRECT --to-ports 1"]),
			listed([-100, "other", toPort(2)]),
		);
		const { fate } = traverse(differ, outgoing);
		expect(fate).toEqual({
			kind: "unknown",
			why: [expect.stringContaining("which comes first cannot be told")],
			ways: [redirect(1), redirect(2)],
		});
		expect(traverse(differ, { ...outgoing, protocol: "udp" }).fate).toEqual({ kind: "pass" });
		const agree = together(
			saved(["-A OUTPUT -p tcp -j REDIRECT --to-ports 2"]),
			listed([-100, "other", toPort(2)]),
		);
		expect(traverse(agree, outgoing).fate).toEqual(redirect(2));
	});
});

describe("what cannot be read", () => {
	const strange = "-A OUTPUT -p tcp -m string --string x --algo bm -j REDIRECT --to-ports 5";

	it("makes the fate unknown where it hangs on it, and says on what", () => {
		const { fate, steps, decidedBy } = traverse(saved([strange]), outgoing);
		expect(fate).toEqual({
			kind: "unknown",
			why: [expect.stringContaining('"-m string --string x --algo bm"')],
			ways: [{ kind: "pass" }, redirect(5)],
		});
		expect(steps.map(({ matched }) => matched)).toEqual(["unknown"]);
		expect(decidedBy).toBeUndefined();
	});

	it("does no harm where another condition fails already", () => {
		expect(traverse(saved([strange]), { ...outgoing, protocol: "udp" }).fate).toEqual({ kind: "pass" });
	});

	it("does no harm where both ways end the same", () => {
		expect(traverse(saved([strange, "-A OUTPUT -p tcp -j REDIRECT --to-ports 5"]), outgoing).fate).toEqual(
			redirect(5),
		);
	});

	it("of an action matters only where the rule matches", () => {
		const rules = saved(["-A OUTPUT -p tcp -j TPROXY --on-port 1"]);
		expect(traverse(rules, outgoing).fate).toEqual({
			kind: "unknown",
			why: [expect.stringContaining("-j TPROXY --on-port 1")],
		});
		expect(traverse(rules, { ...outgoing, protocol: "udp" }).fate).toEqual({ kind: "pass" });
	});

	it("of a table matters to the packets that come through it", () => {
		const gap = {
			dialect: "legacy" as TableDialect,
			scope: "ipv6" as const,
			table: "nat",
			why: "x is not installed",
			code: "missing-tool" as const,
		};
		const rules = { ...saved([]), gaps: [gap] };
		expect(traverse(rules, outgoing).fate).toEqual({ kind: "pass" });
		const six = {
			...outgoing,
			family: "ipv6" as const,
			source: address("::1"),
			destination: address("fd00::1"),
		};
		expect(traverse(rules, six).fate).toEqual({
			kind: "unknown",
			why: ["table ip6 nat (legacy) could not be read: x is not installed"],
		});
	});

	it("comes to an end however much of it there is", () => {
		const { fate } = traverse(
			saved(Array.from({ length: 40 }, (_, index) => strange.replace(" x ", ` x${index} `))),
			outgoing,
		);
		expect(fate.kind).toBe("unknown");
	});
});

describe("where a packet is sent", () => {
	it.each([
		["-j REDIRECT", { kind: "redirect", port: 80 }],
		["-j REDIRECT --to-ports 5-9", { kind: "redirect", port: 5, highestPort: 9 }],
		["-j DNAT --to-destination 10.0.0.7", { kind: "dnat", address: "10.0.0.7" }],
		["-j DNAT --to-destination :90", { kind: "dnat", address: "192.0.2.1", port: 90 }],
	])("by %s", (target, fate) => {
		expect(traverse(saved([`-A OUTPUT -p tcp ${target}`]), outgoing).fate).toEqual(fate);
	});
});
