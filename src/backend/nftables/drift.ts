import { type Drift, orderedDrift } from "../../rules/diff.ts";
import { type Hook, hooks, type Plan } from "../../rules/plan.ts";
import type { FoundRule } from "../../rules/rule.ts";
import { type NatChain, type NatTable, wholeRules } from "../../rules/ruleset.ts";
import { setRuleInWords } from "../../rules/words.ts";
import { setRules } from "./gather.ts";
import { ownRule } from "./own-rule.ts";
import { changesSinceMade } from "./record.ts";
import { priority } from "./render.ts";

/**
 * How a table that was read differs from a plan, in which order is meaning, and from what it tells of how it was made. What
 * both show is said once.
 */
export function driftOf(plan: Plan, found: NatTable): Drift[] {
	const drift = [...driftFromPlan(plan, found), ...strangers(found)];
	return [...drift, ...changesSinceMade(found, plan).filter((change) => !isTold(change, drift))];
}

function isTold(change: Drift, drift: readonly Drift[]): boolean {
	return drift.some((told) => {
		switch (told.kind) {
			case "missing-chain":
				return told.hook === change.hook;
			case "missing-rule":
				return change.kind === "lost-rule" && told.hook === change.hook && told.text === change.text;
			case "extra-rule":
				return change.kind === "added-rule" && told.hook === change.hook && told.position === change.position;
			default:
				return false;
		}
	});
}

/** Chains that others hung into our table: where packets meet them is not where rules before ours are looked for. */
function strangers({ chains }: NatTable): Drift[] {
	return chains.flatMap(({ name, base }): Drift[] =>
		base === undefined || name === base.hook ? [] : [{ kind: "extra-chain", hook: base.hook, text: name }],
	);
}

function driftFromPlan(plan: Plan, found: NatTable): Drift[] {
	return hooks.flatMap((hook): Drift[] => {
		const chain = found.chains.find((candidate) => isBaseChainAt(candidate, hook));
		return chain === undefined || found.hasFlags === true
			? [{ kind: "missing-chain", hook }]
			: orderedDrift(
					hook,
					setRules(plan, hook).map(setRuleInWords),
					wholeRules(chain.rules).map(([first, ...parts]) => inWords(first, parts)),
				);
	});
}

/** Whether a chain is entered from the hook at the priority and with the policy that ours has. */
function isBaseChainAt({ name, base }: NatChain, hook: Hook): boolean {
	return name === hook && base?.hook === hook && base.priority === priority && base.policy === "accept";
}

/** A rule that we would not write for any plan, such as one in several parts, has its own words. */
function inWords(rule: FoundRule, otherParts: readonly FoundRule[]): string {
	const own = otherParts.length > 0 ? undefined : ownRule(rule);
	return own === undefined ? rule.text : setRuleInWords(own);
}
