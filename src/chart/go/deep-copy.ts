import { GoMap, GoSlice, type Value } from "./value.ts";

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
