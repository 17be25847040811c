import { describe, expect, it } from "vitest";
import { policyFrom } from "../../../test/support/policies.ts";
import { MemoryNftables } from "../../host/memory-nftables.ts";
import { hooks, plan } from "../../rules/plan.ts";
import { setRuleInWords } from "../../rules/words.ts";
import { setRules } from "./gather.ts";
import { ownRule } from "./own-rule.ts";
import { listingEntries, readListing } from "./read.ts";
import { renderCreation } from "./render.ts";

/** A table's listing, after what else is done to it. */
function listed(flags: string, ...tampering: readonly string[]): string {
	const nftables = new MemoryNftables();
	for (const input of [renderCreation(plan(policyFrom(flags)), { counters: false }), ...tampering]) {
		expect(nftables.apply(input)).toBe(undefined);
	}
	return nftables.listJson({ family: "inet", name: "shunt" });
}

/** The rules of each chain. */
function rulesIn(json: string) {
	const [first] = readListing(listingEntries(json) ?? []);
	return (first?.table.chains ?? []).flatMap(({ name, rules }) => rules.map((rule) => ({ name, rule })));
}

const everything =
	"-p 1 -o 2 -u 3 -g 4 --uids-to-ignore 5,6,9 -r 80,443 --inbound-ports-to-ignore 1-3,7 --outbound-ports-to-ignore 8 " +
	"--subnets-to-ignore 10.0.0.0/8,11.0.0.0/8,192.0.2.1/32,192.0.2.2/32,fd00::/8 --outbound-subnets-to-ignore 0.0.0.0/0,2001:db8::1/128 " +
	"--inbound-interfaces-to-ignore eth0,eth1 --outbound-interfaces-to-ignore net0 --outbound-ports-to-redirect 5,10-20";

describe("a rule of our table", () => {
	it.each([
		["everything", everything],
		["one family", "-p 1 -o 2 -u 3 --ipv6=false"],
	])("is understood as it was written: %s", (_, flags) => {
		const wanted = hooks.flatMap((hook) =>
			setRules(plan(policyFrom(flags)), hook).map((rule) => `${hook} ${setRuleInWords(rule)}`),
		);
		const found = rulesIn(listed(flags)).map(({ name, rule }) => {
			const own = ownRule(rule);
			return own === undefined ? rule.text : `${name} ${setRuleInWords(own)}`;
		});
		expect(found).toEqual(wanted);
	});

	it("may count", () => {
		const counting = listed(
			"-p 1 -o 2 -u 3",
			'flush chain inet shunt output; add rule inet shunt output meta skuid 3 counter packets 5 bytes 6 return comment "proxy-init/ignore-proxy-user-id"',
		);
		const last = rulesIn(counting).at(-1);
		expect(last && ownRule(last.rule)).toEqual({
			reason: "ignore-proxy-user-id",
			conditions: [{ kind: "uid", ids: [{ low: 3, high: 3 }] }],
			action: { kind: "return" },
		});
	});

	it.each<[what: string, rule: string]>([
		["a negation", 'tcp dport != 80 return comment "proxy-init/ignore-port"'],
		["another protocol", 'udp dport 53 return comment "proxy-init/ignore-port"'],
		["a source port", 'tcp sport 80 return comment "proxy-init/ignore-port"'],
		["another verdict", 'tcp dport 80 accept comment "proxy-init/ignore-port"'],
		["no verdict", 'tcp dport 80 comment "proxy-init/ignore-port"'],
		["a redirect without a port", 'tcp dport 80 redirect comment "proxy-init/ignore-port"'],
		["no comment", "tcp dport 80 return"],
		["a comment of somebody else's", 'tcp dport 80 return comment "mine"'],
		["two protocols", 'meta l4proto { tcp, udp } return comment "proxy-init/ignore-port"'],
		["two families", 'meta nfproto { ipv6, 11 } return comment "proxy-init/ignore-family"'],
		["IPv4 alone", 'meta nfproto ipv4 return comment "proxy-init/ignore-family"'],
		["a span of users", 'meta skuid 1-5 return comment "proxy-init/ignore-user-id"'],
	])("is not ours where we would not write it, and keeps its JSON: %s", (_, rule) => {
		const json = listed("-p 1 -o 2 -u 3", "flush table inet shunt", `add rule inet shunt output ${rule}`);
		const entries: { rule?: { expr: unknown } }[] = JSON.parse(json).nftables;
		const expr = entries.flatMap((entry) => entry.rule ?? [])[0]?.expr;
		const [only, ...others] = rulesIn(json);
		expect(others).toEqual([]);
		expect(only?.rule.text).toBe(JSON.stringify(expr));
		expect(only && ownRule(only.rule)).toBe(undefined);
	});

	it.each([
		["it logs", { log: { prefix: "x" } }],
		["it marks", { mangle: { key: { meta: { key: "mark" } }, value: 1 } }],
		["it adds to a set", { set: { op: "add", elem: 1, set: "@s" } }],
	])("is not ours where it does more: %s", (_, statement) => {
		const at = { family: "inet", table: "shunt" };
		const rule = { ...at, chain: "output", comment: "proxy-init/ignore-loopback", handle: 1 };
		const expr = [statement, { return: null }];
		const entries = [
			{ table: { family: "inet", name: "shunt" } },
			{ chain: { ...at, name: "output" } },
			{ rule: { ...rule, expr } },
		];
		const [only] = rulesIn(JSON.stringify({ nftables: entries }));
		expect(only && ownRule(only.rule)).toBe(undefined);
	});
});

describe("listingEntries", () => {
	it.each([
		["text", "no JSON"],
		["nothing", ""],
		["another document", '{"tables": []}'],
		["a list", "[]"],
		["null", "null"],
	])("is undefined for what is no listing: %s", (_, json) => {
		expect(listingEntries(json)).toBe(undefined);
	});
});
