import { GoMap, type Value } from "../go/value.ts";

/** A values file over the ones before it: maps merge, everything else replaces, null included. */
export function overlay(base: GoMap, over: GoMap): GoMap {
	const merged = new GoMap(base.entries);
	for (const [key, value] of over.entries) {
		const below = merged.entries.get(key);
		merged.entries.set(key, below instanceof GoMap && value instanceof GoMap ? overlay(below, value) : value);
	}
	return merged;
}

/**
 * The user's values over the chart's own (chartutil.CoalesceValues). A null takes away the chart's default and then
 * goes away itself; where the chart has no such key, a null at the top is kept, and so is one that the chart itself
 * has. Both arguments are used up: what comes out shares their maps.
 */
export function coalesce(user: GoMap, chart: GoMap): GoMap {
	for (const [key, value] of chart.entries) {
		const given = user.entries.get(key);
		if (!user.entries.has(key)) {
			user.entries.set(key, value);
		} else if (given === null) {
			user.entries.delete(key);
		} else if (given instanceof GoMap && value instanceof GoMap) {
			coalesceTable(given, value);
		}
	}
	return user;
}

/** One level down a null that meets a null is kept: only a default that is something can be taken away. */
function coalesceTable(user: GoMap, chart: GoMap): void {
	for (const [key, value] of chart.entries) {
		const given = user.entries.get(key);
		if (!user.entries.has(key)) {
			user.entries.set(key, value);
		} else if (given === null) {
			dropUnlessBothNull(user, key, value);
		} else if (given instanceof GoMap && value instanceof GoMap) {
			coalesceTable(given, value);
		}
	}
}

function dropUnlessBothNull(user: GoMap, key: string, value: Value): void {
	if (value !== null) {
		user.entries.delete(key);
	}
}
