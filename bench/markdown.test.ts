import { expect, test } from "vitest";
import { formatNumber, formatTable } from "./markdown.ts";

test("names stand left, numbers right", () => {
	expect(
		formatTable(
			["", "ms"],
			[
				["a", "1.00"],
				["longer", "12345"],
			],
		),
	).toBe(["|        |    ms |", "| ------ | ----: |", "| a      |  1.00 |", "| longer | 12345 |"].join("\n"));
});

test.each([
	[0.0123, "0.012"],
	[0.8124, "0.812"],
	[3.406, "3.41"],
	[55.55, "55.5"],
	[545.4, "545"],
	[12_345.6, "12346"],
	[0, "0.000"],
	[-2.5, "-2.50"],
	[Number.NaN, "–"],
])("%d is written %s", (value, text) => {
	expect(formatNumber(value)).toBe(text);
});
