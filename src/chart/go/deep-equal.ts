import { typeOf } from "./kind.ts";
import { GoBytes, GoInt, GoMap, GoObject, GoSlice, type Value } from "./value.ts";

/** reflect.DeepEqual: same type, same content; a nil slice is not an empty one. */
export function deepEqual(a: Value, b: Value): boolean {
	if (a == null || b == null) {
		return a == null && b == null;
	}
	if (typeof a !== "object" || typeof b !== "object") {
		return a === b;
	}
	return typeOf(a) === typeOf(b) && sameObject(a, b);
}

type Composite = GoInt | GoBytes | GoSlice | GoMap | GoObject;

function sameObject(a: Composite, b: Composite): boolean {
	if (a instanceof GoInt) {
		return b instanceof GoInt && a.value === b.value;
	}
	if (a instanceof GoBytes) {
		return b instanceof GoBytes && a.text === b.text;
	}
	if (a instanceof GoSlice) {
		return b instanceof GoSlice && a.isNil === b.isNil && sameItems(a.items, b.items);
	}
	if (a instanceof GoMap) {
		return b instanceof GoMap && a.isNil === b.isNil && sameEntries(a.entries, b.entries);
	}
	return b instanceof GoObject && (a === b || (a.inner === b.inner && sameEntries(a.fields, b.fields)));
}

function sameItems(a: readonly Value[], b: readonly Value[]): boolean {
	return a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
}

function sameEntries(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean {
	return a.size === b.size && [...a].every(([key, value]) => b.has(key) && deepEqual(value, b.get(key)));
}
