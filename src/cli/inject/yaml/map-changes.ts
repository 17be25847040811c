import { deepEqual } from "../../../inject/deep-equal.ts";
import type { Json, JsonObject } from "../../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import type { MapNode, Pair } from "./node.ts";

/** How a map becomes another, key by key. */
export interface MapChanges {
	readonly going: readonly Pair[];
	readonly staying: readonly { readonly pair: Pair; readonly before: Json; readonly after: Json }[];
	/** To be written behind the others, where they also override what a merge (`<<`) brings in. */
	readonly coming: JsonObject;
}

export function mapChanges(node: MapNode, before: JsonObject, after: JsonObject): MapChanges {
	const own = new Map(node.pairs.map((pair) => [pair.name, pair]));
	const going: Pair[] = [];
	const staying: MapChanges["staying"][number][] = [];
	const coming: [string, Json][] = [];
	for (const [key, value] of Object.entries(before)) {
		const pair = own.get(key);
		const isOwn = pair !== undefined && deepEqual(pair.value.value, value);
		const next = Object.hasOwn(after, key) ? (after[key] ?? null) : undefined;
		if (isOwn && next === undefined) {
			going.push(pair);
		} else if (isOwn && next !== undefined) {
			staying.push({ pair, before: value, after: next });
		} else if (next === undefined || (pair !== undefined && !deepEqual(value, next))) {
			throw new CannotSplice("a merge brings its key");
		} else if (!deepEqual(value, next)) {
			coming.push([key, next]);
		}
	}
	coming.push(...Object.entries(after).filter(([key]) => !Object.hasOwn(before, key)));
	return { going, staying, coming: Object.fromEntries(coming) };
}
