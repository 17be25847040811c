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
	| { readonly kind: "extra-rule"; readonly hook: Hook; readonly position: number; readonly text: string }
	/** Somebody hung a chain of their own into a table that is ours alone. */
	| { readonly kind: "extra-chain"; readonly hook: Hook; readonly text: string }
	/**
	 * The rule that was made as the chain's `position`th, from 1, is there no more. What it said is known only where the
	 * plan asks for it too.
	 */
	| { readonly kind: "lost-rule"; readonly hook: Hook; readonly position: number; readonly text?: string }
	/** The rule that is the chain's `position`th now was not there when the rules were made. */
	| { readonly kind: "added-rule"; readonly hook: Hook; readonly position: number; readonly text: string };

/** Any of them as a clause that names our chains by their hooks. */
export function driftInWords(drift: Drift): string {
	switch (drift.kind) {
		case "missing-chain":
			return `nothing of ours hangs on ${drift.hook}`;
		case "wrong-jumps":
			return `${drift.hook} leads into our chain ${drift.count} times, where once is right`;
		case "stray-jump":
			return `a rule that is not ours leads into our chain of ${drift.hook}: ${drift.text}`;
		case "missing-rule":
			return `rule ${drift.position} of ${drift.hook} is missing: ${drift.text}`;
		case "extra-rule":
			return `rule ${drift.position} of ${drift.hook} should not be there: ${drift.text}`;
		default:
			return changeInWords(drift, drift.hook);
	}
}

/** What somebody has changed since the rules were made; `chain` is how the chain is to be called. */
export function changeInWords(
	drift: Extract<Drift, { kind: "extra-chain" | "lost-rule" | "added-rule" }>,
	chain: string,
): string {
	switch (drift.kind) {
		case "extra-chain":
			return `chain ${drift.text}, which is not ours, hangs on ${drift.hook} in our table`;
		case "lost-rule": {
			const what = drift.text === undefined ? "" : `: ${drift.text}`;
			return `rule ${drift.position} of ${chain}, as it was made, is there no more${what}`;
		}
		case "added-rule":
			return `rule ${drift.position} of ${chain} was not there when the rules were made: ${drift.text}`;
	}
}

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

/** Indices, on each side, of a longest run of equal entries in equal order. */
interface CommonSubsequence {
	readonly left: ReadonlySet<number>;
	readonly right: ReadonlySet<number>;
}

/**
 * A longest common subsequence, by Hunt and Szymanski's method (Communications of the ACM 20, 1977): quick where most
 * entries occur once, as rules do, so that ten thousand of them are compared in milliseconds.
 */
export function commonSubsequence(left: readonly string[], right: readonly string[]): CommonSubsequence {
	const { start, end } = commonEnds(left, right);
	const places = placesOf(right.slice(start, right.length - end));
	/** By length, the pair at which a common subsequence of that length ends earliest on the right. */
	const ends: Pair[] = [];
	for (const [i, entry] of left.slice(start, left.length - end).entries()) {
		// From the last place to the first, so that no two of one entry's places follow each other.
		for (const j of places.get(entry) ?? []) {
			const length = firstNotBefore(ends, j);
			ends[length] = { i, j, before: ends[length - 1] };
		}
	}
	const kept = { left: new Set<number>(), right: new Set<number>() };
	for (let index = 0; index < start; index++) {
		kept.left.add(index);
		kept.right.add(index);
	}
	for (let pair = ends.at(-1); pair !== undefined; pair = pair.before) {
		kept.left.add(start + pair.i);
		kept.right.add(start + pair.j);
	}
	for (let index = end; index > 0; index--) {
		kept.left.add(left.length - index);
		kept.right.add(right.length - index);
	}
	return kept;
}

/**
 * How many entries the two have in common at their start and, of the rest, at their end: a longest run always takes
 * those along, and of two lists that differ in one rule only a few are left to be looked up.
 */
function commonEnds(left: readonly string[], right: readonly string[]): { start: number; end: number } {
	const shorter = Math.min(left.length, right.length);
	let start = 0;
	while (start < shorter && left[start] === right[start]) {
		start++;
	}
	let end = 0;
	while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) {
		end++;
	}
	return { start, end };
}

interface Pair {
	readonly i: number;
	readonly j: number;
	readonly before: Pair | undefined;
}

/** The indices at which each entry stands, the last one first. */
function placesOf(entries: readonly string[]): Map<string, number[]> {
	const places = new Map<string, number[]>();
	for (let index = entries.length - 1; index >= 0; index--) {
		const entry = entries[index] ?? "";
		const found = places.get(entry);
		if (found === undefined) {
			places.set(entry, [index]);
		} else {
			found.push(index);
		}
	}
	return places;
}

/** Where in the ascending `ends` the first one stands that is not before `j`. */
function firstNotBefore(ends: readonly Pair[], j: number): number {
	let low = 0;
	let high = ends.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((ends[middle]?.j ?? j) < j) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}
