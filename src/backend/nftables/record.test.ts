import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policy } from "../../../test/support/arbitraries.ts";
import { namedPolicies } from "../../../test/support/named-policies.ts";
import { policyFrom } from "../../../test/support/policies.ts";
import { commentPrefix } from "../../rules/comment.ts";
import { hooks, type Plan, plan } from "../../rules/plan.ts";
import type { FoundRule, OwnRule } from "../../rules/rule.ts";
import type { NatTable } from "../../rules/ruleset.ts";
import { setRuleInWords } from "../../rules/words.ts";
import { setRules } from "./gather.ts";
import { changesSinceMade, isRecorded, recordOf } from "./record.ts";

const wanted = plan(
	policyFrom("-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 22,80-90 --outbound-ports-to-ignore 25"),
);
const other = plan(policyFrom("-p 4143 -o 4140 -u 2102"));

/** A table as it is read, with what the rules take for granted left out, as they are planned. */
function tableOf(
	made: Plan,
	change: (rules: OwnRule[], hook: string) => readonly OwnRule[] = (rules) => rules,
): NatTable {
	return {
		dialect: "nftables",
		scope: "inet",
		name: "shunt",
		comment: recordOf(made),
		chains: hooks.map((hook) => ({
			name: hook,
			base: { hook, priority: -100, policy: "accept" },
			rules: change([...setRules(made, hook)], hook).map(found),
		})),
	};
}

const tcp = { kind: "protocol", protocols: ["tcp"] } as const;

function found(rule: OwnRule): FoundRule {
	const isAboutPorts = rule.conditions.some(({ kind }) => kind === "destination-port");
	return {
		...rule,
		conditions: isAboutPorts ? [tcp, ...rule.conditions] : rule.conditions,
		comment: `${commentPrefix}${rule.reason}`,
		text: setRuleInWords(rule),
	};
}

describe("what a table records of its rules", () => {
	it("is what the rules come to when they are read, for any policy, and fits into a comment of nft's", () => {
		fc.assert(
			fc.property(policy, (random) => {
				const made = plan(random);
				expect(changesSinceMade(tableOf(made), made)).toEqual([]);
				expect(recordOf(made).length).toBeLessThanOrEqual(128);
				expect(recordOf(made)).toMatch(/^[\w ,:/-]+$/);
			}),
		);
	});

	it("means the same however long there has been a form 1", () => {
		const records = Object.entries(namedPolicies).map(([name, flags]) => [
			name,
			recordOf(plan(policyFrom(flags))),
		]);
		expect(Object.fromEntries(records)).toEqual({
			"interfaces-and-users": "rules as made, form 1: f77y9u1W/QEFIOFTrakHHP2qVa-qi",
			"ipv4-alone": "rules as made, form 1: OZOx9u1W/OZOxQEFIakHHa-qi",
			"linkerd-cni-defaults": "rules as made, form 1: XQ-a9u1W/QEFIakHHa-qi",
			"linkerd-defaults": "rules as made, form 1: y-0U9u1W/QEFIakHH7TDPa-qi",
			"listed-ports": "rules as made, form 1: KrXp/QEFIvtgGakHHfLTb",
			"many-ports": "rules as made, form 1: bv7e9u1W/QEFIakHHa-qi",
			"no-proxy-identity": "rules as made, form 1: 9u1W/akHHa-qi",
			subnets: "rules as made, form 1: pcwzOvkG9u1W/QEFIakHHwZZ3SlLEa-qi",
		});
	});

	it("has a mark for each rule, and two policies' are different ones", () => {
		expect(recordOf(wanted)).not.toBe(recordOf(other));
		fc.assert(
			fc.property(policy, policy, (one, another) => {
				const texts = [one, another].map((each) =>
					hooks.flatMap((hook) => [hook, ...setRules(plan(each), hook).map(setRuleInWords)]).join("\n"),
				);
				expect(recordOf(plan(one)) === recordOf(plan(another))).toBe(texts[0] === texts[1]);
			}),
		);
	});

	it("does not depend on the order or the pieces in which a set is written", () => {
		const flags = (ports: string, subnets: string) =>
			recordOf(
				plan(policyFrom(`-p 1 -o 2 -u 3 --inbound-ports-to-ignore ${ports} --subnets-to-ignore ${subnets}`)),
			);
		expect(flags("1-3,9", "10.0.0.0/25,10.0.0.128/25,fd00::/8")).toBe(
			flags("9,3,1,2", "fd00::/8,10.0.0.0/24"),
		);
	});
});

describe("what has become of the rules since", () => {
	it.each([
		[
			"a rule that is gone",
			(rules: OwnRule[]) => rules.filter(({ reason }) => reason !== "ignore-port"),
			2,
			0,
		],
		["rules in another order", (rules: OwnRule[]) => rules.toReversed(), 4, 4],
		["a rule twice", (rules: OwnRule[]) => [...rules, ...rules.slice(-1)], 0, 2],
		["an item less", (rules: OwnRule[]) => rules.map(withoutFirstPort), 2, 2],
	])("shows %s", (_, change, lost, added) => {
		const kinds = changesSinceMade(tableOf(wanted, change), other).map(({ kind }) => kind);
		expect(kinds.filter((kind) => kind === "lost-rule")).toHaveLength(lost);
		expect(kinds.filter((kind) => kind === "added-rule")).toHaveLength(added);
		expect(kinds).toHaveLength(lost + added);
	});

	it("names what is lost where the policy asks for it too", () => {
		const table = tableOf(wanted, (rules, hook) => (hook === "output" ? rules.slice(1) : rules));
		expect(changesSinceMade(table, wanted)).toEqual([
			{
				kind: "lost-rule",
				hook: "output",
				position: 1,
				text: "uid 2102: return [proxy-init/ignore-proxy-user-id]",
			},
		]);
		const [change] = changesSinceMade(
			tableOf(wanted, (rules) => rules.filter(({ reason }) => reason !== "ignore-port")),
			other,
		);
		expect(change).toEqual({ kind: "lost-rule", hook: "prerouting", position: 1 });
	});

	it("is not known where the table tells nothing, or in a form of later", () => {
		const { comment: _, ...rest } = tableOf(other);
		const silent: NatTable = rest;
		for (const table of [
			silent,
			{ ...silent, comment: "mine" },
			{ ...silent, comment: "rules as made, form 2: x" },
		]) {
			expect(isRecorded(table)).toBe(false);
			expect(changesSinceMade(table, wanted)).toEqual([]);
		}
	});
});

function withoutFirstPort(rule: OwnRule): OwnRule {
	const conditions = rule.conditions.map((condition) =>
		condition.kind === "destination-port" ? { ...condition, ports: [{ low: 7, high: 7 }] } : condition,
	);
	return { ...rule, conditions };
}
