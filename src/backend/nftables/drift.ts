import { type Drift, orderedDrift } from "../../rules/diff.ts";
import { type Hook, hooks, type Plan } from "../../rules/plan.ts";
import type { FoundRule } from "../../rules/rule.ts";
import { type NatChain, type NatTable, wholeRules } from "../../rules/ruleset.ts";
import { setRuleInWords } from "../../rules/words.ts";
import { setRules } from "./gather.ts";
import { ownRule } from "./own-rule.ts";
import { priority } from "./render.ts";

/** What a table that was read has too much or too little for a plan. Order is meaning, so order counts. */
export function driftOf(plan: Plan, found: NatTable): Drift[] {
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
