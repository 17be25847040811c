import { GoBytes, GoInt, GoMap, GoObject, GoSlice, int64, list, type Value } from "./go/value.ts";
import type { PlainMap, PlainValue } from "./port.ts";

export function fromPlain(value: PlainValue): Value {
	if (typeof value === "bigint") {
		return int64(value);
	}
	if (Array.isArray(value)) {
		return list(value.map(fromPlain));
	}
	return typeof value === "object" && value !== null ? fromPlainMap(value as PlainMap) : (value as Value);
}

export function fromPlainMap(map: PlainMap): GoMap {
	return new GoMap(Object.entries(map).map(([key, value]) => [key, fromPlain(value)]));
}

/** Integers of every size come out as bigint; what is neither data nor text comes out as null. */
export function toPlain(value: Value): PlainValue {
	if (value instanceof GoMap) {
		return toPlainMap(value);
	}
	if (value instanceof GoSlice) {
		return value.items.map(toPlain);
	}
	if (value instanceof GoInt) {
		return value.value;
	}
	if (value instanceof GoBytes) {
		return value.text;
	}
	return value === undefined || value instanceof GoObject ? null : value;
}

/** `fromEntries` defines properties, so that a key `__proto__` is a key like any other. */
export function toPlainMap(map: GoMap): PlainMap {
	return Object.fromEntries([...map.entries].map(([key, value]) => [key, toPlain(value)]));
}
