import { type Chart, effectiveValues, type PlainMap, type PlainValue } from "../../chart/index.ts";
import { isMap, overlay, valueAt } from "../chart/plain-maps.ts";

/**
 * The values of the new release: what is stored stays, so that a changed default changes nothing that runs; what is
 * given comes over it; keys that the stored release did not know get the chart's defaults.
 */
export function carryOver(chart: Chart, stored: PlainMap, given: PlainMap): PlainMap {
	return withoutIdleNulls(overlay(stored, given), effectiveValues(chart, {}));
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
