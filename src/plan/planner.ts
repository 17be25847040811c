import type { Cidr } from "../domain/cidr.ts";
import type { Port } from "../domain/port.ts";
import { type Condition, directions } from "../policy/condition.ts";
import { conditionsOf, isRest } from "../policy/field.ts";
import { type Wish, wishesOf } from "../policy/fields.ts";
import { reasonOfRow } from "../policy/reason.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { hookOf, type Match, type Plan, type Rule, type Verdict } from "./plan.ts";

/** States a policy as rules, in the order of the table of its fields. */
export function plan(policy: RedirectPolicy): Plan {
	return {
		families: policy.families,
		chains: directions.map((direction) => ({
			hook: hookOf[direction],
			rules: wishesOf(direction, policy[direction]).flatMap((wish) =>
				matchesOf(wish).map((matches) => ruleOf(wish, matches, policy[direction].proxyPort)),
			),
		})),
	};
}

function ruleOf(wish: Wish, matches: readonly Match[], proxyPort: Port): Rule {
	const [match] = matches;
	const reason = reasonOfRow(wish.row);
	return reason === "ignore-subnet" && match !== undefined && "subnet" in match
		? passSubnet(match.kind, match.subnet)
		: { reason, matches, verdict: verdictOf(wish, proxyPort) };
}

/**
 * The same rule for the same subnet, whoever asks: where a policy was read back from tens of thousands of rules, its plan
 * is then made of those, which are known already as they are written (renderRule in backend/iptables).
 */
export function passSubnet(kind: "source" | "destination", subnet: Cidr): Rule {
	const known = subnetRules[kind].get(subnet);
	if (known !== undefined) {
		return known;
	}
	const rule: Rule = { reason: "ignore-subnet", matches: [{ kind, subnet }], verdict: { kind: "return" } };
	subnetRules[kind].set(subnet, rule);
	return rule;
}

const subnetRules = { source: new WeakMap<Cidr, Rule>(), destination: new WeakMap<Cidr, Rule>() } as const;

function verdictOf({ row }: Wish, proxyPort: Port): Verdict {
	return row.takes !== "nothing" && row.rule.action === "redirect"
		? { kind: "redirect", port: proxyPort }
		: { kind: "return" };
}

/** Of each rule that a row makes. */
function matchesOf({ row, items }: Wish): (readonly Match[])[] {
	if (row.takes === "nothing") {
		return [matching(row.condition)];
	}
	return isRest(row.rule) ? [[tcp]] : conditionsOf(row.rule, items).map(matching);
}

const tcp: Match = { kind: "protocol", protocol: "tcp" };

/** Ports are a protocol's. */
function matching(condition: Condition): readonly Match[] {
	return condition.kind === "destination-port" ? [tcp, condition] : [condition];
}
