import { CallError } from "./call-error.ts";
import { kindOf, typeOf } from "./kind.ts";
import { compareStrings } from "./order.ts";
import { GoInt, GoMap, GoSlice, type Value } from "./value.ts";

type Basic = "bool" | "int" | "uint" | "float" | "string" | "other";

/**
 * Template comparison (`eq`, `lt`, …). Whole numbers compare with whole numbers and floats with floats, but not one
 * with the other: `eq .Values.replicas 1` fails in Helm, because numbers from YAML are floats.
 */
function basicKind(value: Value): Basic {
	switch (kindOf(value)) {
		case "bool":
			return "bool";
		case "int":
		case "int32":
		case "int64":
			return "int";
		case "uint8":
		case "uint64":
			return "uint";
		case "float64":
			return "float";
		case "string":
			return "string";
		default:
			return "other";
	}
}

/** `eq a b c` is true where a equals any of the others. */
export function equalsAny(first: Value, others: readonly Value[]): boolean {
	if (others.length === 0) {
		throw new CallError("missing argument for comparison");
	}
	return others.some((other) => equals(first, other));
}

export function equals(a: Value, b: Value): boolean {
	const kindA = basicKind(a);
	const kindB = basicKind(b);
	if (a instanceof GoInt && b instanceof GoInt) {
		return a.value === b.value;
	}
	if (kindA !== kindB) {
		if (a == null || b == null) {
			return false;
		}
		throw new CallError(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
	}
	return kindA === "other" ? sameObject(a, b) : a === b;
}

/** Maps and slices compare with nil alone. */
function sameObject(a: Value, b: Value): boolean {
	if (a == null || b == null) {
		return isNil(a) === isNil(b);
	}
	if (kindOf(a) !== kindOf(b)) {
		throw new CallError(`non-comparable types ${typeOf(a)} and ${typeOf(b)}`);
	}
	if (isNil(a) || isNil(b)) {
		return isNil(a) === isNil(b);
	}
	if (kindOf(a) === "ptr") {
		return a === b;
	}
	throw new CallError(`non-comparable type ${typeOf(b)}`);
}

function isNil(value: Value): boolean {
	return value == null || ((value instanceof GoMap || value instanceof GoSlice) && value.isNil);
}

export function isLess(a: Value, b: Value): boolean {
	const kindA = basicKind(a);
	const kindB = basicKind(b);
	if (kindA === "other" || kindB === "other") {
		throw new CallError("invalid type for comparison");
	}
	if (a instanceof GoInt && b instanceof GoInt) {
		return a.value < b.value;
	}
	if (kindA !== kindB) {
		throw new CallError(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
	}
	if (typeof a === "number" && typeof b === "number") {
		return a < b;
	}
	if (typeof a === "string" && typeof b === "string") {
		return compareStrings(a, b) < 0;
	}
	throw new CallError("invalid type for comparison");
}
