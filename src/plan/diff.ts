import type { Family } from "../domain/family.ts";
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
	const kept = longestCommonSubsequence(wanted, present);
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

/** The indices, on each side, of a longest run of equal entries in equal order. Quadratic; chains are short. */
function longestCommonSubsequence(left: readonly string[], right: readonly string[]) {
	const lengthFrom = subsequenceLengths(left, right);
	const kept = { left: new Set<number>(), right: new Set<number>() };
	for (let i = 0, j = 0; i < left.length && j < right.length; ) {
		if (left[i] === right[j]) {
			kept.left.add(i++);
			kept.right.add(j++);
		} else if (lengthFrom(i + 1, j) >= lengthFrom(i, j + 1)) {
			i++;
		} else {
			j++;
		}
	}
	return kept;
}

/** How long the longest common subsequence of `left` from i and `right` from j is. */
function subsequenceLengths(left: readonly string[], right: readonly string[]) {
	const width = right.length + 1;
	const lengths = new Array<number>((left.length + 1) * width).fill(0);
	const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
	for (let i = left.length - 1; i >= 0; i--) {
		for (let j = right.length - 1; j >= 0; j--) {
			const isSame = left[i] === right[j];
			lengths[i * width + j] = isSame ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
		}
	}
	return at;
}
