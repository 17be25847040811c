import { commonSubsequence } from "./common-subsequence.ts";
import type { Hook } from "./plan.ts";

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

/** Two lists of rules in words held against each other. Order is meaning, so order counts. */
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
