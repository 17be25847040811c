import type { Condition, Direction } from "../policy/condition.ts";
import { directions } from "../policy/condition.ts";
import { conditionsOf, isRest, itemsOf } from "../policy/field.ts";
import { type AnyRow, rows } from "../policy/fields.ts";
import { reasonOfRow } from "../policy/reason.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { hookOf, type Match, type Plan, type Rule, type Verdict } from "./plan.ts";

/** States a policy as rules, in the order of the table of its fields. */
export function plan(policy: RedirectPolicy): Plan {
	return {
		families: policy.families,
		chains: directions.map((direction) => ({
			hook: hookOf[direction],
			rules: rulesFor(rows[direction], policy[direction]),
		})),
	};
}

function rulesFor(table: readonly AnyRow[], policy: RedirectPolicy[Direction]): Rule[] {
	const rules: Rule[] = [];
	for (const row of table) {
		const verdict = verdictOf(row, policy);
		const before = rules.at(-1)?.verdict.kind;
		for (const matches of matchesOf(row, policy, before)) {
			rules.push({ reason: reasonOfRow(row), matches, verdict });
		}
	}
	return rules;
}

function verdictOf(row: AnyRow, { proxyPort }: RedirectPolicy[Direction]): Verdict {
	return row.takes !== "nothing" && row.rule.action === "redirect"
		? { kind: "redirect", port: proxyPort }
		: { kind: "return" };
}

/** Of each rule that a row makes. */
function matchesOf(
	row: AnyRow,
	policy: RedirectPolicy[Direction],
	before: Verdict["kind"] | undefined,
): (readonly Match[])[] {
	if (row.takes === "nothing") {
		return [matching(row.condition)];
	}
	if (isRest(row.rule)) {
		return before === "redirect" ? [] : [[tcp]];
	}
	return conditionsOf(row.rule, itemsOf(row, policy)).map(matching);
}

const tcp: Match = { kind: "protocol", protocol: "tcp" };

/** Ports are a protocol's. */
function matching(condition: Condition): readonly Match[] {
	return condition.kind === "destination-port" ? [tcp, condition] : [condition];
}
