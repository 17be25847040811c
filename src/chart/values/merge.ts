import type { GoMap, Value } from "../go/value.ts";

/** A values file over the ones before it: maps merge, everything else replaces, null included. */
export function overlay(base: GoMap, over: GoMap): GoMap {
	const merged = new Map(base);
	for (const [key, value] of over) {
		const below = merged.get(key);
		merged.set(key, below instanceof Map && value instanceof Map ? overlay(below, value) : value);
	}
	return merged;
}

/** Told of what is probably a mistake. */
export type Warn = (warning: string) => void;

/**
 * The user's values over the chart's own (chartutil.CoalesceValues). A null takes away the chart's default and then
 * goes away itself; where the chart has no such key it is kept, and below the top so is one that the chart itself has.
 * Where one has a map and the other has not, the user's value wins, and `warn` hears of it. Both maps are used up:
 * what comes out shares their parts.
 */
export function coalesce(user: GoMap, chart: GoMap, warn: Warn = () => undefined, path = ""): GoMap {
	for (const [key, value] of chart) {
		const given = user.get(key);
		if (!user.has(key)) {
			user.set(key, value);
		} else if (given !== null) {
			coalesceValue(given, value, `${path}${key}`, warn);
		} else if (path === "" || value !== null) {
			user.delete(key);
		}
	}
	return user;
}

function coalesceValue(given: Value, value: Value, path: string, warn: Warn): void {
	if (given instanceof Map && value instanceof Map) {
		coalesce(given, value, warn, `${path}.`);
	} else if (given instanceof Map && value !== null) {
		warn(`values: ${path} is a map now, and was none in the chart`);
	} else if (value instanceof Map) {
		warn(`values: ${path} is no map now, and was one in the chart`);
	}
}
