import type { Value } from "./value.ts";

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

function within(value: bigint | undefined, least: bigint, most: bigint): bigint | undefined {
	return value !== undefined && value >= least && value <= most ? value : undefined;
}

/** strconv.ParseInt(text, 10, 64), which takes neither prefix nor `_`. */
export function parseDecimal64(text: string): bigint | undefined {
	return within(/^[+-]?\d+$/.test(text) ? BigInt(text.replace("+", "")) : undefined, minInt64, maxInt64);
}

/** strconv.ParseInt(text, 0, 64): a prefix names the base, a leading zero alone means octal, `_` separates digits. */
export function parseInt64(text: string): bigint | undefined {
	return within(parseInteger(text), minInt64, maxInt64);
}

/** strconv.ParseUint(text, 0, 64), which takes no sign. */
export function parseUint64(text: string): bigint | undefined {
	return within(/^[+-]/.test(text) ? undefined : parseInteger(text), 0n, 2n ** 64n - 1n);
}

function parseInteger(text: string): bigint | undefined {
	const [, sign = "", base = "", octal = "", digits = ""] =
		/^([+-]?)(?:(0[bB](?=_?[01_]+$)|0[xX](?=_?[\dA-Fa-f_]+$))|(0[oO]?(?=_?[0-7_]+$)))?(_?[\dA-Fa-f_]+)$/.exec(
			text,
		) ?? [];
	const isDecimal = base === "" && octal === "";
	if (digits === "" || /__|_$/.test(text) || (isDecimal && !/^(?:0|[1-9][\d_]*)$/.test(digits))) {
		return undefined;
	}
	const value = BigInt((octal === "" ? base : "0o") + digits.replaceAll("_", ""));
	return sign === "-" ? -value : value;
}

/** strconv.ParseFloat of decimal digits; undefined too where the number is out of range. */
export function parseFloat64(text: string): number | undefined {
	const isFloat = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
	const value = Number(text);
	return isFloat && Number.isFinite(value) ? value : undefined;
}

/** What sprig's `int64` makes of anything (spf13/cast): what is no number is zero, never an error. */
export function toInt64(value: Value): bigint {
	switch (typeof value) {
		case "bigint":
			return value;
		case "number":
			// A float that no int64 can hold becomes the least int64: what x86-64's conversion leaves behind.
			return value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : minInt64;
		case "string":
			// "1.00" counts as the whole number 1, "1.50" does not count at all.
			return parseInt64(value.replace(/\.0+$/, "")) ?? 0n;
		default:
			return value === true ? 1n : 0n;
	}
}

/** As sprig's `float64`: text that is no number counts as zero. */
export function toFloat64(value: Value): number {
	switch (typeof value) {
		case "bigint":
		case "number":
			return Number(value);
		case "string":
			return /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : 0;
		default:
			return value === true ? 1 : 0;
	}
}

/**
 * Go's `%v` of a float64, which is `%g`: the shortest text that reads back as the same number, scientific where the
 * exponent is below -4 or above 5.
 */
export function formatFloat(value: number): string {
	if (!Number.isFinite(value)) {
		return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
	}
	const [mantissa = "", power = "0"] = value.toExponential().split("e");
	const exponent = Number(power);
	if (exponent >= -4 && exponent <= 5) {
		return Object.is(value, -0) ? "-0" : String(value);
	}
	return `${mantissa}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent).toString().padStart(2, "0")}`;
}

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
export function keepInteger(source: string): bigint | undefined {
	return /^-?[1-9]\d*$/.test(source) ? parseDecimal64(source) : undefined;
}
