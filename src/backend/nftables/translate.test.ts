import { describe, expect, it } from "vitest";
import type { Action, FoundRule } from "../../rules/rule.ts";
import { translated } from "./translate.ts";

const xt = (name: string) => ({ kind: "unparsed", text: `xt match "${name}"` }) as const;
const rule = (text: string, names: readonly string[], action: Action = { kind: "return" }): FoundRule => ({
	text,
	conditions: names.map(xt),
	action,
});
const target = (name: string): Action => ({ kind: "unparsed", text: `xt target "${name}"` });

/** Texts as nft 1.0.6 prints them, with the names that its JSON has. */
describe("extensions of iptables' in nft's words", () => {
	it.each([
		["skuid 5 counter packets 0 bytes 0 return", "owner", false, { kind: "uid", ids: [{ low: 5, high: 5 }] }],
		["skgid != 5-8 return", "owner", true, { kind: "gid", ids: [{ low: 5, high: 8 }] }],
		[
			"meta l4proto tcp tcp dport { 80, 90-91 }  counter packets 0 bytes 0 return",
			"multiport",
			false,
			{
				kind: "destination-port",
				ports: [
					{ low: 80, high: 80 },
					{ low: 90, high: 91 },
				],
			},
		],
		["udp sport != 53 return", "multiport", true, { kind: "source-port", ports: [{ low: 53, high: 53 }] }],
		["fib daddr type local return", "addrtype", false, { kind: "destination-is-local" }],
		["fib saddr type != local return", "addrtype", true, { kind: "source-is-local" }],
		[
			"ct state new,related return",
			"conntrack",
			false,
			{ kind: "connection-state", states: ["new", "related"] },
		],
	] as const)("are read: %s", (text, name, negated, test) => {
		expect(translated(rule(text, [name])).conditions).toEqual([negated ? { ...test, negated } : test]);
	});

	it.each([
		["several of a kind", "tcp dport 80 tcp sport { 5, 6 } return", "multiport"],
		["a second thing that it looks at", "ct state new ct original ip daddr 10.0.0.1 return", "conntrack"],
		["both user and group", "skuid 5 skgid 6 return", "owner"],
		["another type", "fib daddr type broadcast return", "addrtype"],
		["an interface besides", "fib daddr . iif type local return", "addrtype"],
		["a text of somebody's", 'return comment "skuid 5"', "owner"],
		["a name", "skuid root return", "owner"],
		["a release that does not spell it", 'tcp dport 80 xt match "multiport" return', "multiport"],
		["a comment in its place", "tcp dport 80 # xt_multiport return", "multiport"],
		["an extension that is not read", "ip ttl 5 return", "ttl"],
	])("are left where it is not sure what they say: %s", (_, text, name) => {
		expect(translated(rule(text, [name])).conditions).toEqual([xt(name)]);
	});

	it.each<[string, string, Action]>([
		["tcp dport 80 redirect to :90", "REDIRECT", { kind: "redirect", ports: { low: 90, high: 90 } }],
		[
			"tcp dport 80 redirect to :90-95 random",
			"REDIRECT",
			{ kind: "redirect", ports: { low: 90, high: 95 } },
		],
		["tcp dport 80 redirect", "REDIRECT", { kind: "redirect" }],
		[
			"tcp dport 80 dnat to 10.0.0.1:53",
			"DNAT",
			{ kind: "dnat", address: "10.0.0.1", ports: { low: 53, high: 53 } },
		],
		["counter meta mark set 0x1", "MARK", { kind: "continue" }],
	])("are done: %s", (text, name, action) => {
		expect(translated(rule(text, [], target(name))).action).toEqual(action);
	});

	it.each([
		["tcp dport 80 redirect to :http", "REDIRECT"],
		["tcp dport 80 masquerade", "MASQUERADE"],
		["tcp dport 80 dnat to somewhere", "DNAT"],
	])("are left where it is not sure what they do: %s", (text, name) => {
		expect(translated(rule(text, [], target(name))).action).toEqual(target(name));
	});
});
