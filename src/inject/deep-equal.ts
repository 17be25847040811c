import { isArray, isObject, type Json, type JsonArray, type JsonObject } from "./json.ts";
import { Numeral } from "./numeral.ts";

/** The same JSON, or the same `.nan`, which YAML has. The order of an object's keys says nothing. */
export function deepEqual(a: Json, b: Json): boolean {
	if (a === b || Object.is(a, b)) {
		return true;
	}
	if (a instanceof Numeral) {
		return b instanceof Numeral && a.json === b.json;
	}
	if (isArray(a) && isArray(b)) {
		return equalArrays(a, b);
	}
	return isObject(a) && isObject(b) && equalObjects(a, b);
}

function equalArrays(a: JsonArray, b: JsonArray): boolean {
	return a.length === b.length && a.every((item, index) => deepEqual(item, b[index] ?? null));
}

function equalObjects(a: JsonObject, b: JsonObject): boolean {
	const keys = Object.keys(a);
	return (
		keys.length === Object.keys(b).length &&
		keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key] ?? null, b[key] ?? null))
	);
}
