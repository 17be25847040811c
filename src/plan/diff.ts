import type { Family } from "../domain/family.ts";
import { commonSubsequence } from "./common-subsequence.ts";
import { formatRule } from "./format-rule.ts";
import { isUnknown, type Observed, type ObservedChain, type ObservedRule } from "./observed.ts";
import { type Hook, type Plan, rulesOf } from "./plan.ts";

/** One way in which a network namespace differs from a plan. */
export type Drift =
	| { readonly kind: "missing-chain"; readonly hook: Hook }
	/** The hook must lead into our chain once; `count` is how often it does. */
	| { readonly kind: "wrong-jumps"; readonly hook: Hook; readonly count: number }
	| { readonly kind: "stray-jump"; readonly hook: Hook; readonly text: string }
	/** `position` counts from 1 in the plan's order. A rule in the wrong place is missing here and extra there. */
	| { readonly kind: "missing-rule"; readonly hook: Hook; readonly position: number; readonly text: string }
	/** `position` counts from 1 in the observed order. */
	| { readonly kind: "extra-rule"; readonly hook: Hook; readonly position: number; readonly text: string };

/** Everything that differs; empty when what is there is the plan exactly. Order is meaning, so order counts. */
export function diff(plan: Plan, family: Family, observed: Observed): Drift[] {
	return plan.chains.flatMap((chain) => {
		const found = observed.chains.find((candidate) => candidate.hook === chain.hook);
		if (found === undefined) {
			return [{ kind: "missing-chain", hook: chain.hook } as const];
		}
		const wanted = rulesOf(chain, family).map(formatRule);
		return [...jumpDrift(found), ...orderedDrift(chain.hook, wanted, found.rules.map(wordsOf))];
	});
}

function jumpDrift(found: ObservedChain): Drift[] {
	const { hook, jumps, strayJumps } = found;
	return [
		...(jumps === 1 ? [] : [{ kind: "wrong-jumps", hook, count: jumps } as const]),
		...strayJumps.map((text) => ({ kind: "stray-jump", hook, text }) as const),
	];
}

/** Two lists of rules, in a dialect's canonical words, held against each other. */
export function orderedDrift(hook: Hook, wanted: readonly string[], present: readonly string[]): Drift[] {
	const kept = commonSubsequence(wanted, present);
	return [
		...wanted.flatMap((text, index) =>
			kept.left.has(index) ? [] : [{ kind: "missing-rule", hook, position: index + 1, text } as const],
		),
		...present.flatMap((text, index) =>
			kept.right.has(index) ? [] : [{ kind: "extra-rule", hook, position: index + 1, text } as const],
		),
	];
}

function wordsOf(rule: ObservedRule): string {
	return isUnknown(rule) ? rule.text : formatRule(rule);
}
