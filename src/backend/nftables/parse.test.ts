import { describe, expect, it } from "vitest";
import { policyFrom } from "../../../test/support/policies.ts";
import { MemoryNftables } from "../../host/memory-nftables.ts";
import { plan } from "../../plan/planner.ts";
import { canonicalRule } from "./canonical.ts";
import { parseListing } from "./parse.ts";
import { renderCreation } from "./render.ts";
import { setRules } from "./set-rule.ts";

/** A table's listing, after what else is done to it. */
function listed(flags: string, ...tampering: readonly string[]): string {
	const nftables = new MemoryNftables();
	for (const input of [renderCreation(plan(policyFrom(flags)), { counters: false }), ...tampering]) {
		expect(nftables.apply(input)).toBe(undefined);
	}
	return nftables.listJson({ family: "inet", name: "shunt" });
}

const everything =
	"-p 1 -o 2 -u 3 -g 4 --uids-to-ignore 5,6,9 -r 80,443 --inbound-ports-to-ignore 1-3,7 --outbound-ports-to-ignore 8 " +
	"--subnets-to-ignore 10.0.0.0/8,11.0.0.0/8,192.0.2.1/32,192.0.2.2/32,fd00::/8 --outbound-subnets-to-ignore 0.0.0.0/0,2001:db8::1/128 " +
	"--inbound-interfaces-to-ignore eth0,eth1 --outbound-interfaces-to-ignore net0 --outbound-ports-to-redirect 5,10-20";

describe("parseListing", () => {
	it.each([
		["everything", everything],
		["one family", "-p 1 -o 2 -u 3 --ipv6=false"],
	])("reads back what was written: %s", (_, flags) => {
		const wanted = setRules(plan(policyFrom(flags))).map((rule) => `${rule.hook} ${canonicalRule(rule)}`);
		const found = parseListing(listed(flags));
		expect(found?.hooks).toEqual(["prerouting", "output"]);
		expect(
			found?.rules.map((rule) =>
				rule.reason === "unknown" ? rule.text : `${rule.hook} ${canonicalRule(rule)}`,
			),
		).toEqual(wanted);
	});

	it("does not mind counters", () => {
		const counting = listed(
			"-p 1 -o 2 -u 3",
			'flush chain inet shunt output; add rule inet shunt output meta skuid 3 counter packets 5 bytes 6 return comment "proxy-init/ignore-proxy-user-id"',
		);
		expect(parseListing(counting)?.rules.at(-1)).toEqual({
			hook: "output",
			reason: "ignore-proxy-user-id",
			matches: [{ kind: "uid", ids: [3] }],
			verdict: { kind: "return" },
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
	])("keeps the JSON of a rule that we would not write: %s", (_, rule) => {
		const json = listed("-p 1 -o 2 -u 3", "flush table inet shunt", `add rule inet shunt output ${rule}`);
		const entries: { rule?: { expr: unknown } }[] = JSON.parse(json).nftables;
		const expr = entries.flatMap((entry) => entry.rule ?? [])[0]?.expr;
		expect(parseListing(json)?.rules).toEqual([
			{ hook: "output", reason: "unknown", text: JSON.stringify(expr) },
		]);
	});

	it("passes over chains that are not ours", () => {
		const json = listed("-p 1 -o 2 -u 3", "table inet shunt {\nchain mine {\ndrop\n}\n}\n");
		expect(parseListing(json)?.rules.map(({ hook }) => hook)).toEqual([
			"prerouting",
			"output",
			"output",
			"output",
		]);
	});

	it.each([
		["text", "no JSON"],
		["nothing", ""],
		["another document", '{"tables": []}'],
		["a list", "[]"],
		["null", "null"],
	])("is undefined for what is no listing: %s", (_, json) => {
		expect(parseListing(json)).toBe(undefined);
	});

	it("finds no hooks and no rules in an empty listing", () => {
		expect(parseListing('{"nftables": []}')).toEqual({ hooks: [], rules: [] });
	});
});
