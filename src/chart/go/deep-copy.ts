import { CallError } from "./call-error.ts";
import { GoMap, GoObject, GoSlice, type Value } from "./value.ts";

/** A copy that shares no map and no list with the original. */
export function deepCopy(value: Value): Value {
	if (value instanceof GoMap) {
		return deepCopyMap(value);
	}
	if (value instanceof GoSlice) {
		return new GoSlice(value.items.map(deepCopy), value.element, {
			isNil: value.isNil,
			...(value.name === undefined ? {} : { name: value.name }),
			...(value.methods === undefined ? {} : { methods: value.methods }),
		});
	}
	if (value instanceof GoObject && value.marshal !== undefined) {
		// Go copies the exported fields alone, of which these have none.
		throw new CallError(`deepCopy of ${value.type} is not supported`);
	}
	return value;
}

export function deepCopyMap(map: GoMap): GoMap {
	const copy = new GoMap([], map.element, {
		...(map.name === undefined ? {} : { name: map.name }),
		...(map.methods === undefined ? {} : { methods: map.methods }),
	});
	for (const [key, value] of map.entries) {
		copy.entries.set(key, deepCopy(value));
	}
	return copy;
}
