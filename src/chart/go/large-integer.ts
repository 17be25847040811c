import { parseDecimal64 } from "./parse-number.ts";
import { type GoInt, int64, type Value } from "./value.ts";

/** Whether integers that a float64 cannot hold are rounded, as Helm does, or kept as an int64, or else refused. */
export type LargeIntegers = "rounded" | "exact";

/** Whether a float64 of this number, which was written as an integer, may be another than what was written. */
export function isLargeInteger(source: string, number: Value): boolean {
	return (
		typeof number === "number" &&
		Number.isFinite(number) &&
		Math.abs(number) > Number.MAX_SAFE_INTEGER &&
		/^[-+]?\d[\dA-Za-z_]*$/.test(source) &&
		!/^[-+]?\d+[eE]/.test(source)
	);
}

/** The integer without loss, where it is plain decimal digits and has at most 64 bits. */
export function keepInteger(source: string): GoInt | undefined {
	const value = /^-?[1-9]\d*$/.test(source) ? parseDecimal64(source) : undefined;
	return value === undefined ? undefined : int64(value);
}
