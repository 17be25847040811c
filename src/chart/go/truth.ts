import { utf8Length } from "./utf8.ts";
import { GoBytes, GoInt, GoMap, GoSlice, type Value } from "./value.ts";

/** text/template's truth: everything but the zero of its type; a struct is always true. */
export function isTrue(value: Value): boolean {
	if (value instanceof GoInt) {
		return value.value !== 0n;
	}
	const length = lengthOf(value);
	if (length !== undefined) {
		return length > 0;
	}
	if (typeof value === "number") {
		return value !== 0;
	}
	return value !== undefined && value !== null && value !== false;
}

/** sprig's `empty` is the negation of truth for every value that a template can get hold of. */
export function isEmpty(value: Value): boolean {
	return !isTrue(value);
}

/** What `len` answers: bytes of a string, items of a slice or map; undefined for what has no length. */
export function lengthOf(value: Value): number | undefined {
	if (typeof value === "string") {
		return utf8Length(value);
	}
	if (value instanceof GoMap) {
		return value.entries.size;
	}
	if (value instanceof GoSlice) {
		return value.items.length;
	}
	return value instanceof GoBytes ? utf8Length(value.text) : undefined;
}
