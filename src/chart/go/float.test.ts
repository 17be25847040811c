import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFloat } from "./float.ts";

describe("a float as text", () => {
	it.each([
		[1e6, "g", -1, "1e+06"],
		[100_000, "g", -1, "100000"],
		[123_456_789, "g", -1, "1.23456789e+08"],
		[0.0001, "g", -1, "0.0001"],
		[0.000_01, "g", -1, "1e-05"],
		[1234.5678, "g", 3, "1.23e+03"],
		[0, "g", -1, "0"],
		[-0, "g", -1, "-0"],
		[1e21, "f", -1, "1000000000000000000000"],
		[0.5, "f", 0, "0"],
		[1.5, "f", 0, "2"],
		[2.5, "f", 0, "2"],
		[1.005, "f", 2, "1.00"],
		[7.654_321, "f", 2, "7.65"],
		[12_345.678, "e", 6, "1.234568e+04"],
		[9.99, "e", 1, "1.0e+01"],
		[Number.POSITIVE_INFINITY, "g", -1, "+Inf"],
		[Number.NEGATIVE_INFINITY, "f", 2, "-Inf"],
		[Number.NaN, "e", 3, "NaN"],
	] as const)("%d as %%%s with precision %d is %s", (value, verb, precision, text) => {
		expect(formatFloat(value, verb, precision)).toBe(text);
	});

	it("reads back as the same number in its shortest form", () => {
		fc.assert(
			fc.property(
				fc.double({ noNaN: true, noDefaultInfinity: true }),
				fc.constantFrom("e", "f", "g"),
				(value, verb) => {
					expect(Object.is(Number(formatFloat(value, verb as "g")), value)).toBe(true);
				},
			),
		);
	});

	it("agrees with toFixed where there is no tie to break", () => {
		fc.assert(
			fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.nat(8), (value, places) => {
				fc.pre(!Number.isInteger(value * 2 ** 20));
				expect(formatFloat(value, "f", places)).toBe(value.toFixed(places));
			}),
		);
	});
});
