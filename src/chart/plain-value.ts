import { type GoMap, GoObject, isNilList, type Value } from "./go/value.ts";
import type { PlainMap, PlainValue } from "./port.ts";

export function fromPlain(value: PlainValue): Value {
	if (Array.isArray(value)) {
		return value.map(fromPlain);
	}
	return typeof value === "object" && value !== null ? fromPlainMap(value as PlainMap) : (value as Value);
}

export function fromPlainMap(map: PlainMap): GoMap {
	return new Map(Object.entries(map).map(([key, value]) => [key, fromPlain(value)]));
}

/** What is neither data nor text comes out as null. */
export function toPlain(value: Value): PlainValue {
	if (value instanceof Map) {
		return toPlainMap(value);
	}
	if (Array.isArray(value)) {
		return isNilList(value) ? null : value.map(toPlain);
	}
	return value instanceof GoObject ? null : (value ?? null);
}

/** `fromEntries` defines properties, so that a key `__proto__` is a key like any other. */
export function toPlainMap(map: GoMap): PlainMap {
	return Object.fromEntries(Array.from(map, ([key, value]) => [key, toPlain(value)]));
}
