import { parseFloat64, parseInt64 } from "./parse-number.ts";
import { GoInt, type Value } from "./value.ts";

/** What sprig's `int64` makes of anything (spf13/cast): what is no number is zero, never an error. */
export function toInt64(value: Value): bigint {
	if (value instanceof GoInt) {
		return BigInt.asIntN(64, value.value);
	}
	switch (typeof value) {
		case "number":
			return truncate(value);
		case "string":
			return parseInt64(withoutZeroDecimals(value)) ?? 0n;
		case "boolean":
			return value ? 1n : 0n;
		default:
			return 0n;
	}
}

/** A float that no int64 can hold becomes the least int64: what x86-64's conversion leaves behind. */
function truncate(value: number): bigint {
	const fits = value >= -(2 ** 63) && value < 2 ** 63;
	return fits ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

/** "1.00" counts as the whole number 1, "1.50" does not count at all. */
function withoutZeroDecimals(text: string): string {
	return text.replace(/\.0+$/, "");
}

export function toFloat64(value: Value): number {
	if (value instanceof GoInt) {
		return Number(value.value);
	}
	switch (typeof value) {
		case "number":
			return value;
		case "string":
			return parseFloat64(value) ?? 0;
		case "boolean":
			return value ? 1 : 0;
		default:
			return 0;
	}
}
