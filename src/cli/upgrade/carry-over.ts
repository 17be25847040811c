import { type Chart, effectiveValues, type PlainMap, type PlainValue } from "../../chart/index.ts";
import { isMap, overlay, valueAt } from "../chart/plain-maps.ts";
import { isFreeKey, type Schema } from "./free-keys.ts";

/**
 * The values of the new release: what is stored stays, so that a changed default changes nothing that runs; what is
 * given comes over it; keys that the stored release did not know get the chart's defaults. A map whose keys are the
 * user's own, such as nodeSelector, stays as it is stored: defaults that are not in it had been taken away, and so had
 * the map where it is missing.
 */
export function carryOver(chart: Chart, stored: PlainMap, given: PlainMap): PlainMap {
	const defaults = effectiveValues(chart, {});
	const schema: Schema = chart.schema === undefined ? {} : JSON.parse(chart.schema);
	const kept = overlay(
		takenAway(defaults, stored, (path) => isFreeKey(schema, path)),
		stored,
	);
	return withoutIdleNulls(overlay(kept, given), defaults);
}

/** Nulls for the defaults that are to stay away. */
function takenAway(
	defaults: PlainMap,
	stored: PlainMap,
	isFree: (path: readonly string[]) => boolean,
	above: readonly string[] = [],
): PlainMap {
	return Object.fromEntries(
		Object.entries(defaults).flatMap(([key, value]): [string, PlainValue][] => {
			const path = [...above, key];
			if (!Object.hasOwn(stored, key)) {
				const isOwn = isFree(path) || (above.length > 0 && isMapOfFreeKeys(value, path, isFree));
				return isOwn ? [[key, null]] : [];
			}
			const below = stored[key];
			return isMap(value) && isMap(below) ? [[key, takenAway(value, below, isFree, path)]] : [];
		}),
	);
}

function isMapOfFreeKeys(
	value: PlainValue,
	path: readonly string[],
	isFree: (path: readonly string[]) => boolean,
): boolean {
	const keys = isMap(value) ? Object.keys(value) : [];
	return keys.length > 0 && keys.every((key) => isFree([...path, key]));
}

/** A null takes a default away; where there is none (any more) it would only be a value that no schema expects. */
function withoutIdleNulls(values: PlainMap, defaults: PlainMap, above: readonly string[] = []): PlainMap {
	return Object.fromEntries(
		Object.entries(values).flatMap(([key, value]): [string, PlainValue][] => {
			const path = [...above, key];
			const byDefault = valueAt(defaults, path) ?? null;
			if (value === null && byDefault === null) {
				return [];
			}
			return [[key, isMap(value) ? withoutIdleNulls(value, defaults, path) : value]];
		}),
	);
}
