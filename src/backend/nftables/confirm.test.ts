import { describe, expect, it } from "vitest";
import { rulesetPrinted } from "../../../test/support/printed-rules.ts";

const at = { family: "ip", table: "nat" };
const chain = { chain: { ...at, name: "OUTPUT", type: "nat", hook: "output", prio: -100, policy: "accept" } };
const match = (left: object, right: unknown, op = "==") => ({ match: { op, left, right } });
const dport = { payload: { protocol: "tcp", field: "dport" } };
const l4proto = { meta: { key: "l4proto" } };
const xt = (type: string, name: string) => ({ xt: { type, name } });

/** What is made of one rule, as iptables-nft-save and as nft print it. */
function confirmedRule(saved: string, expr: readonly object[]) {
	const text = ["*nat", ":OUTPUT ACCEPT [0:0]", ":FOO - [0:0]", `-A OUTPUT ${saved}`, "COMMIT", ""].join(
		"\n",
	);
	const rule = { rule: { ...at, chain: "OUTPUT", handle: 7, expr } };
	const json = JSON.stringify({ nftables: [{ table: { family: "ip", name: "nat" } }, chain, rule] });
	const listing = { json, text: "table ip nat {\n\tchain OUTPUT {\n\t\tin nft's words # handle 7\n\t}\n}\n" };
	const { tables } = rulesetPrinted({ saved: [{ dialect: "nft", family: "ipv4", text }], listing });
	expect(tables).toHaveLength(1);
	return tables[0]?.chains[0]?.rules ?? [];
}

/** As iptables-nft 1.8.9 makes them, and nft 1.0.6 lists them. */
describe("a rule of iptables' keeps its words", () => {
	it.each([
		["-p tcp -m tcp --dport 80 -j FOO", [match(dport, 80), { jump: { target: "FOO" } }]],
		["-p tcp -m tcp ! --dport 7 -g FOO", [match(dport, 7, "!="), { goto: { target: "FOO" } }]],
		["-p tcp -m tcp --dport 80:90 -j RETURN", [match(dport, { range: [80, 90] }), { return: null }]],
		[
			"-p tcp -m multiport --dports 80,81 -j FOO",
			[match(l4proto, 6), xt("match", "multiport"), { jump: { target: "FOO" } }],
		],
		[
			"-d 10.0.0.0/8 ! -o lo -p udp -m udp --dport 53 -j DNAT --to-destination 10.0.0.1:53",
			[
				match({ meta: { key: "oifname" } }, "lo", "!="),
				match({ payload: { protocol: "ip", field: "daddr" } }, { prefix: { addr: "10.0.0.0", len: 8 } }),
				match({ payload: { protocol: "udp", field: "dport" } }, 53),
				xt("target", "DNAT"),
			],
		],
		[
			"-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j RETURN",
			[
				match({ "&": [{ payload: { protocol: "tcp", field: "flags" } }, [1, 2, 4, 16]] }, 2),
				{ return: null },
			],
		],
		[
			"-m mark --mark 0x1/0xff -j RETURN",
			[match({ "&": [{ meta: { key: "mark" } }, 255] }, 1), { return: null }],
		],
		["-m limit --limit 1/sec -j FOO", [{ limit: { rate: 1 } }, { jump: { target: "FOO" } }]],
		["-p icmp -m icmp --icmp-type 8 -j ACCEPT", [match(l4proto, 1), xt("match", "icmp"), { accept: null }]],
		[
			"-p icmp -m icmp --icmp-type 8 -j ACCEPT",
			[match({ payload: { protocol: "icmp", field: "type" } }, 8), { accept: null }],
		],
		["-p esp -j FOO", [match(l4proto, 50), { jump: { target: "FOO" } }]],
		["-j MARK --set-xmark 0x1/0xffffffff", [xt("target", "MARK")]],
		["-j MARK --set-xmark 0x1/0xffffffff", [{ mangle: { key: { meta: { key: "mark" } }, value: 1 } }]],
		[
			"-p tcp -m comment --comment x -j RETURN",
			[match(l4proto, 6), xt("match", "comment"), { return: null }],
		],
		["-p tcp -j RETURN", [match({ payload: { protocol: "ip", field: "protocol" } }, 6), { return: null }]],
	] as const)("%s", (saved, expr) => {
		expect(confirmedRule(saved, expr).map(({ text }) => text)).toEqual([saved]);
	});
});

describe("a rule of nft's is taken from its listing", () => {
	it.each([
		["-p tcp -j RETURN", [match(dport, { set: [80, 443] }), { return: null }]],
		["-p tcp -j RETURN", [match(dport, { set: [80] }, "!="), { return: null }]],
		[
			"-d 10.0.0.7/32 -j RETURN",
			[
				match({ payload: { protocol: "ip", field: "daddr" } }, { range: ["10.0.0.1", "10.0.0.7"] }),
				{ return: null },
			],
		],
		["-j RETURN", [match({ meta: { key: "skuid" } }, { set: [5, 6] }), { return: null }]],
		["-j RETURN", [match({ meta: { key: "iifkind" } }, "veth"), { return: null }]],
		["-p tcp", [match(l4proto, 6), { redirect: { port: 9 } }]],
	] as const)("%s", (saved, expr) => {
		expect(confirmedRule(saved, expr).map(({ text }) => text)).toEqual(["in nft's words"]);
	});

	it("in as many rules as a verdict map has elements", () => {
		const data = {
			set: [
				[80, { accept: null }],
				[90, { drop: null }],
			],
		};
		const rules = confirmedRule("-p tcp", [{ vmap: { key: dport, data } }]);
		expect(rules.map(({ action }) => action.kind)).toEqual(["accept", "drop"]);
	});

	it("in so far as iptables' own extensions do not know better", () => {
		const [only] = confirmedRule("-p tcp -m owner --uid-owner 5 -j REDIRECT --to-ports 9", [
			match(dport, { set: [80, 443] }),
			xt("match", "owner"),
			xt("target", "REDIRECT"),
		]);
		expect(only).toMatchObject({ text: "in nft's words", action: { kind: "redirect", ports: { low: 9 } } });
		expect(only?.conditions.map(({ kind }) => kind)).toEqual(["protocol", "uid", "destination-port"]);
	});
});

it("a chain of which the two show different numbers of rules is nft's", () => {
	const text = "*nat\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";
	const rule = { rule: { ...at, chain: "OUTPUT", handle: 7, expr: [{ drop: null }] } };
	const json = JSON.stringify({ nftables: [{ table: { family: "ip", name: "nat" } }, chain, rule] });
	const saved = [{ dialect: "nft", family: "ipv4", text }] as const;
	const { tables } = rulesetPrinted({ saved, listing: { json, text: "" } });
	expect(tables[0]?.chains[0]?.rules).toMatchObject([{ action: { kind: "drop" } }]);
});
