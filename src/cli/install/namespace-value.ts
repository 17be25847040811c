import { type Chart, effectiveValues, type PlainMap } from "../../chart/index.ts";
import { overlay, valueAt } from "../chart/plain-maps.ts";
import type { NamespaceOwner } from "../cluster/release-namespace.ts";

/**
 * A namespace that somebody else made is left as it is; the release says so in its values, so that no upgrade takes it
 * over. A value that is true or false decides by itself.
 */
export function withNamespaceOf(owner: NamespaceOwner, chart: Chart, values: PlainMap): PlainMap {
	const isDecided = typeof valueAt(effectiveValues(chart, values), ["installNamespace"]) === "boolean";
	return isDecided || owner !== "others" ? values : overlay(values, { installNamespace: false });
}
