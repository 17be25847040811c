import type { PlainMap, PlainValue } from "../../chart/index.ts";

export function isMap(value: PlainValue | undefined): value is PlainMap {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of keys; undefined where there is none. */
export function valueAt(value: PlainValue | undefined, path: readonly string[]): PlainValue | undefined {
	return path.reduce<PlainValue | undefined>(
		(at, key) => (isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined),
		value,
	);
}

/** The text at a path; undefined for anything else. */
export function textAt(value: PlainValue | undefined, ...path: readonly string[]): string | undefined {
	const found = valueAt(value, path);
	return typeof found === "string" ? found : undefined;
}

/** Maps merge, everything else replaces, null included: as one values file over another. */
export function overlay(base: PlainMap, over: PlainMap): PlainMap {
	const merged = Object.entries(over).map(([key, value]): [string, PlainValue] => {
		const below = Object.hasOwn(base, key) ? base[key] : undefined;
		return [key, isMap(below) && isMap(value) ? overlay(below, value) : value];
	});
	return Object.fromEntries([...Object.entries(base), ...merged]);
}
