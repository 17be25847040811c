import { describe, expect, it } from "vitest";
import { rulesetPrinted } from "../../../test/support/printed-rules.ts";
import type { Condition, FoundRule } from "../../rules/rule.ts";
import { listingEntries } from "./read.ts";

const at = { family: "inet", table: "t" };
const table = { table: { family: "inet", name: "t", handle: 1 } };
const base = (extra: object = {}) => ({
	chain: { ...at, name: "in", type: "nat", hook: "prerouting", prio: -100, policy: "accept", ...extra },
});
const set = {
	set: { ...at, name: "s", type: "ipv4_addr", elem: [{ prefix: { addr: "10.0.0.0", len: 8 } }] },
};
const empty = { set: { ...at, name: "none", type: "inet_service" } };
const map = {
	map: { ...at, name: "m", type: "inet_service", map: "verdict", elem: [[90, { accept: null }]] },
};
const rule = (...expr: readonly object[]) => ({
	rule: { ...at, chain: "in", handle: 7, comment: "c", expr },
});
const match = (left: object, right: unknown, op = "==") => ({ match: { op, left, right } });
const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
const meta = (key: string) => ({ meta: { key } });

function tables(...entries: readonly object[]) {
	const json = JSON.stringify({ nftables: [{ metainfo: {} }, table, ...entries] });
	return rulesetPrinted({ listing: { json, text: "" } }).tables;
}

/** The rules that come of one rule of a listing. */
function rulesFrom(...expr: readonly object[]): readonly FoundRule[] {
	return tables(base(), set, empty, map, rule(...expr))?.[0]?.chains[0]?.rules ?? [];
}

function inShort({ kind, negated, ...rest }: Condition): string {
	return `${negated === true ? "not " : ""}${kind} ${JSON.stringify(Object.values(rest))}`;
}

describe("a listing's conditions", () => {
	it.each<[string, object, string[]]>([
		[
			"a port, which implies its protocol",
			match(payload("tcp", "dport"), { set: [80, { range: [100, 200] }] }),
			['protocol [["tcp"]]', 'destination-port [[{"low":80,"high":80},{"low":100,"high":200}]]'],
		],
		[
			"a port that it must not be, of that protocol all the same",
			match(payload("udp", "sport"), 5, "!="),
			['protocol [["udp"]]', 'not source-port [[{"low":5,"high":5}]]'],
		],
		[
			"a port of any transport",
			match(payload("th", "dport"), 53),
			['destination-port [[{"low":53,"high":53}]]'],
		],
		["a protocol by number", match(meta("l4proto"), { set: [6, 17] }), ['protocol [["tcp","udp"]]']],
		["a protocol by name", match(meta("l4proto"), "icmpv6"), ['protocol [["ipv6-icmp"]]']],
		["the protocol of IPv4", match(payload("ip", "protocol"), 6), ['family ["ipv4"]', 'protocol [["tcp"]]']],
		[
			"the next header of IPv6",
			match(payload("ip6", "nexthdr"), 6),
			['family ["ipv6"]', 'protocol [["tcp"]]'],
		],
		["a family", match(meta("nfproto"), 10), ['family ["ipv6"]']],
		[
			"an interface by its beginning",
			match(meta("iifname"), "eth*"),
			['in-interface [[{"name":"eth","isPrefix":true}]]'],
		],
		[
			"an interface it must not be",
			match(meta("oif"), "lo", "!="),
			['not out-interface [[{"name":"lo","isPrefix":false}]]'],
		],
		[
			"users",
			match(meta("skuid"), { set: [5, { range: [6, 8] }] }, "!="),
			['not uid [[{"low":5,"high":5},{"low":6,"high":8}]]'],
		],
		["a group", match(meta("skgid"), 5), ['gid [[{"low":5,"high":5}]]']],
		["a mark", match(meta("mark"), 5), ["mark [5,4294967295]"]],
		["a part of a mark", match({ "&": [meta("mark"), 255] }, 1), ["mark [1,255]"]],
		[
			"a local destination",
			match({ fib: { result: "type", flags: ["daddr"] } }, 2),
			["destination-is-local []"],
		],
		[
			"states by number",
			match({ ct: { key: "state" } }, [2, 8], "in"),
			['connection-state [["established","new"]]'],
		],
		["a state by name", match({ ct: { key: "state" } }, "new", "in"), ['connection-state [["new"]]']],
		[
			"a comparison, as a range",
			match(payload("tcp", "dport"), 1024, ">"),
			['protocol [["tcp"]]', 'destination-port [[{"low":1025,"high":65535}]]'],
		],
		["a comparison of users", match(meta("skuid"), 5, "<="), ['uid [[{"low":0,"high":5}]]']],
		[
			"flags that a first packet has, as a list",
			match({ "&": [payload("tcp", "flags"), [1, 2, 4, 16]] }, 2),
			['protocol [["tcp"]]'],
		],
		[
			"flags that a first packet has, as a sum",
			match({ "&": [payload("tcp", "flags"), { "|": [1, 2, 4, 16] }] }, 2),
			['protocol [["tcp"]]'],
		],
		[
			"a local destination, its only flag bare",
			match({ fib: { result: "type", flags: "daddr" } }, 2),
			["destination-is-local []"],
		],
		[
			"an empty set",
			match(payload("tcp", "dport"), "@none"),
			['protocol [["tcp"]]', "destination-port [[]]"],
		],
		["nothing at all: counters, logs, marks", { counter: { packets: 0, bytes: 0 } }, []],
	])("are read: %s", (_, expr, conditions) => {
		const rules = rulesFrom(expr, { log: { prefix: "x" } }, { accept: null });
		expect(rules).toHaveLength(1);
		expect(rules[0]?.conditions.map(inShort)).toEqual(conditions);
		expect(rules[0]).toMatchObject({ action: { kind: "accept" }, comment: "c" });
	});

	it("are read: subnets, single addresses, ranges and named sets", () => {
		const networks = (right: unknown) =>
			rulesFrom(match(payload("ip", "saddr"), right), { accept: null })[0]?.conditions.flatMap((condition) =>
				condition.kind === "source"
					? condition.subnets.map(({ network, prefix }) => `${network}/${prefix}`)
					: [condition.kind],
			);
		expect(networks({ prefix: { addr: "192.168.0.0", len: 16 } })).toEqual(["family", "192.168.0.0/16"]);
		expect(networks({ set: ["10.0.0.1", { range: ["10.0.0.2", "10.0.0.3"] }] })).toEqual([
			"family",
			"10.0.0.1/32",
			"10.0.0.2/31",
		]);
		expect(networks({ set: [{ elem: { val: "10.0.0.1", comment: "x" } }] })).toEqual([
			"family",
			"10.0.0.1/32",
		]);
		expect(networks("@s")).toEqual(["family", "10.0.0.0/8"]);
		expect(networks("@gone")).toEqual(["unparsed"]);
	});

	it.each([
		["a rate", { limit: { rate: 5, per: "second" } }],
		["a concatenation", match({ concat: [payload("ip", "saddr"), payload("tcp", "dport")] }, { set: [] })],
		["flags of TCP", match({ "&": [payload("tcp", "flags"), 1] }, 1)],
		["a comparison with what is no number", match(meta("time"), "2024-01-01 00:00:00", ">=")],
		["a comparison that nothing fulfils", match(payload("tcp", "dport"), 65535, ">")],
		["a kind of packet", match(meta("pkttype"), 0)],
		["a state of the connection's translation", match({ ct: { key: "status" } }, 32, "in")],
		["a user by name", match(meta("skuid"), "root")],
	])("are kept where they are not understood: %s", (_, expr) => {
		const [only] = rulesFrom(expr, { accept: null });
		expect(only?.conditions).toEqual([{ kind: "unparsed", text: JSON.stringify(expr) }]);
		expect(only?.action).toEqual({ kind: "accept" });
	});
});

it("what is iptables' own is kept by its name", () => {
	const [only] = rulesFrom(
		{ xt: { type: "match", name: "string" } },
		{ xt: { type: "target", name: "DNAT" } },
	);
	expect(only).toMatchObject({
		conditions: [{ kind: "unparsed", text: 'xt match "string"' }],
		action: { kind: "unparsed", text: 'xt target "DNAT"' },
	});
});

describe("what a listing's rule does", () => {
	it.each<[object, object]>([
		[{ drop: null }, { kind: "drop" }],
		[{ return: null }, { kind: "return" }],
		[{ continue: null }, { kind: "continue" }],
		[{ jump: { target: "x" } }, { kind: "jump", chain: "x" }],
		[{ goto: { target: "x" } }, { kind: "goto", chain: "x" }],
		[{ redirect: null }, { kind: "redirect" }],
		[{ redirect: { port: 80 } }, { kind: "redirect", ports: { low: 80, high: 80 } }],
		[
			{ redirect: { port: { range: [1, 5] }, flags: "random" } },
			{ kind: "redirect", ports: { low: 1, high: 5 } },
		],
		[
			{ dnat: { addr: "10.0.0.1", port: 80 } },
			{ kind: "dnat", address: "10.0.0.1", ports: { low: 80, high: 80 } },
		],
		[{ dnat: { addr: { range: ["10.0.0.1", "10.0.0.9"] } } }, { kind: "dnat", address: "10.0.0.1-10.0.0.9" }],
	])("is read from %j", (statement, action) => expect(rulesFrom(statement)[0]?.action).toEqual(action));

	it.each([{ dnat: { addr: { map: {} } } }, { queue: null }, { redirect: { port: { map: {} } } }])(
		"is kept where it is not understood: %j",
		(statement) => {
			expect(rulesFrom(statement)[0]?.action).toEqual({ kind: "unparsed", text: JSON.stringify(statement) });
		},
	);

	it("is for one family where it translates to one", () => {
		const [only] = rulesFrom({ dnat: { family: "ip6", addr: "fd00::1" } });
		expect(only?.conditions.map(inShort)).toEqual(['family ["ipv6"]']);
	});

	it("is nothing where it has no verdict", () => {
		expect(rulesFrom({ counter: null })[0]?.action).toEqual({ kind: "continue" });
	});

	it("is several things where a map decides, named or not", () => {
		const key = payload("tcp", "dport");
		const listed = {
			vmap: {
				key,
				data: {
					set: [
						[80, { jump: { target: "x" } }],
						[81, { drop: null }],
					],
				},
			},
		};
		const rules = rulesFrom(match(meta("iifname"), "lo"), listed);
		expect(rules.map(({ action }) => action.kind)).toEqual(["jump", "drop"]);
		expect(rules[1]?.conditions.map(({ kind }) => kind)).toEqual([
			"in-interface",
			"protocol",
			"destination-port",
		]);
		expect(rulesFrom({ vmap: { key, data: "@m" } }).map(({ action }) => action.kind)).toEqual(["accept"]);
		expect(rulesFrom({ vmap: { key, data: "@gone" } }).map(({ action }) => action.kind)).toEqual([
			"unparsed",
		]);
	});
});

describe("a listing's tables", () => {
	it("are those with nat chains where connections are steered", () => {
		expect(tables(base())).toMatchObject([{ dialect: "nftables", scope: "inet", name: "t" }]);
		expect(tables(base({ type: "filter" }))).toEqual([]);
		expect(tables(base({ hook: "postrouting" }))).toEqual([]);
		expect(tables()).toEqual([]);
	});

	it("are not those that are switched off", () => {
		const json = JSON.stringify({ nftables: [table, base()] });
		const read = (text: string) => rulesetPrinted({ listing: { json, text } });
		expect(read("table inet t { # handle 1\n\tflags dormant\n\n\tchain in {\n\t}\n}\n")).toMatchObject({
			tables: [],
			gaps: [],
		});
		expect(read("table inet t { # handle 1\n\tchain in {\n\t}\n}\n").tables).toHaveLength(1);
	});

	it("carry each chain's place", () => {
		expect(tables(base({ prio: 5, policy: "drop", hook: "output" }))?.[0]?.chains[0]?.base).toEqual({
			hook: "output",
			priority: 5,
			policy: "drop",
		});
	});

	it("carry the rules' own words where nft printed them", () => {
		const text =
			'table inet t { # handle 1\n\tchain in { # handle 1\n\t\ttcp dport 80 accept comment "x # y" # handle 7\n\t}\n}\n';
		const json = JSON.stringify({ nftables: [table, base(), rule({ accept: null })] });
		const textIn = (words: string) =>
			rulesetPrinted({ listing: { json, text: words } }).tables[0]?.chains[0]?.rules[0]?.text;
		expect(textIn(text)).toBe('tcp dport 80 accept comment "x # y"');
		expect(textIn("")).toBe('[{"accept":null}]');
	});

	it.each(["", "nonsense", "{}", '{"nftables":5}', "[]"])("are none to be read in %j", (json) => {
		expect(listingEntries(json)).toBeUndefined();
	});
});
