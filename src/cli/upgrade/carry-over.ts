import { type Chart, effectiveValues, type PlainMap, type PlainValue } from "../../chart/index.ts";
import { isMap, overlay, valueAt } from "../chart/plain-maps.ts";
import { isFreeKey, type Schema } from "./free-keys.ts";

/**
 * The values of the new release: what is stored stays, so that a changed default changes nothing that runs; what is
 * given comes over it; keys that the stored release did not know get the chart's defaults. In a map whose keys are the
 * user's own, such as nodeSelector, the chart's keys were known: where they are not stored they had been taken away, and
 * stay away.
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
				return isFree(path) ? [[key, null]] : [];
			}
			const below = stored[key];
			return isMap(value) && isMap(below) ? [[key, takenAway(value, below, isFree, path)]] : [];
		}),
	);
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
