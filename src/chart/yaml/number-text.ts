import { formatFloat } from "../go/float.ts";
import { GoInt, type Value } from "../go/value.ts";

/**
 * A number or boolean where Helm's YAML library wants text, as a key does: integers in full, and floats as if they
 * were float32.
 */
export function scalarText(value: Exclude<Value, null | undefined>): string {
	if (value instanceof GoInt) {
		return value.value.toString();
	}
	if (typeof value !== "number") {
		return String(value);
	}
	if (!Number.isFinite(value)) {
		return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
	}
	return Number.isInteger(value) ? formatFloat(value, "f") : formatFloat(shortestFloat32(value), "g");
}

/** The double that prints as the shortest text for the nearest float32. */
function shortestFloat32(value: number): number {
	const single = Math.fround(value);
	for (let digits = 1; digits <= 9; digits++) {
		const candidate = Number(single.toPrecision(digits));
		if (Math.fround(candidate) === single) {
			return candidate;
		}
	}
	return single;
}
