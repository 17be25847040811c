import { expect, test } from "vitest";
import { medianRatio, percentile, summarize } from "./statistics.ts";

test("the median of an odd number of values is the middle one, of an even number the mean of two", () => {
	expect(summarize([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
	expect(summarize([4, 1, 3, 100])).toEqual({ median: 3.5, min: 1, max: 100 });
	expect(summarize([7])).toEqual({ median: 7, min: 7, max: 7 });
});

test("nothing has no median", () => {
	expect(summarize([]).median).toBeNaN();
});

test("a percentile is one of the values", () => {
	const values = Array.from({ length: 100 }, (_, index) => 100 - index);
	expect([50, 99, 100, 1, 0].map((percent) => percentile(values, percent))).toEqual([50, 99, 100, 1, 1]);
	expect(percentile([7], 99)).toBe(7);
	expect(percentile([], 99)).toBeNaN();
});

test("a ratio is taken round by round, so that a slow minute does not count", () => {
	const ours = [10, 1000, 12];
	expect(medianRatio([100, 10_000, 120], ours)).toBe(10);
	expect(medianRatio([], ours)).toBeNaN();
});
