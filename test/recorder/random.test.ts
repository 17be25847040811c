import { expect, test } from "vitest";
import { createRandom } from "./random.ts";

const many = Array.from({ length: 2000 });

test("one seed gives one sequence, another seed another", () => {
	const sequence = (seed: number) => {
		const random = createRandom(seed);
		return many.map(() => random.between(0, 1000));
	};
	expect(sequence(7)).toEqual(sequence(7));
	expect(sequence(7)).not.toEqual(sequence(8));
});

test("both ends of a range are reached and nothing beyond", () => {
	const random = createRandom(1);
	expect(new Set(many.map(() => random.between(3, 5)))).toEqual(new Set([3, 4, 5]));
});

test("chances are about as asked", () => {
	const random = createRandom(1);
	const hits = many.filter(() => random.chance(0.25)).length;
	expect(hits).toBeGreaterThan(400);
	expect(hits).toBeLessThan(600);
});

test("some picks no item twice and never more than there are", () => {
	const random = createRandom(1);
	const chosen = random.some(["a", "b", "c"], 5);
	expect(chosen.toSorted()).toEqual(["a", "b", "c"]);
	expect(random.some(["a", "b", "c"], 2)).toHaveLength(2);
});
