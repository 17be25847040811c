import fc from "fast-check";
import { expect, it } from "vitest";
import { commonSubsequence } from "./diff.ts";

const entries = fc.array(fc.constantFrom(..."abcde"), { maxLength: 14 });

it("what is kept is the same on both sides, in order", () => {
	fc.assert(
		fc.property(entries, entries, (left, right) => {
			const kept = commonSubsequence(left, right);
			expect(at(left, kept.left)).toEqual(at(right, kept.right));
		}),
	);
});

it("no more could be kept", () => {
	fc.assert(
		fc.property(entries, entries, (left, right) => {
			expect(commonSubsequence(left, right).left.size).toBe(longest(left, right));
		}),
	);
});

function at(from: readonly string[], indices: ReadonlySet<number>): string[] {
	return from.filter((_, index) => indices.has(index));
}

/** By definition. */
function longest(
	[a, ...left]: readonly string[],
	[b, ...right]: readonly string[],
	known = new Map(),
): number {
	if (a === undefined || b === undefined) {
		return 0;
	}
	const key = `${left.length} ${right.length}`;
	const length: number =
		known.get(key) ??
		(a === b
			? 1 + longest(left, right, known)
			: Math.max(longest([a, ...left], right, known), longest(left, [b, ...right], known)));
	known.set(key, length);
	return length;
}
