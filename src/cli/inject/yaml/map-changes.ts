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
	const pairs = new Map(node.pairs.map((pair) => [pair.name, pair]));
	const going: Pair[] = [];
	const staying: MapChanges["staying"][number][] = [];
	const coming = Object.entries(after).filter(([key]) => !Object.hasOwn(before, key));
	for (const [key, value] of Object.entries(before)) {
		const pair = pairs.get(key);
		const next = Object.hasOwn(after, key) ? (after[key] ?? null) : undefined;
		if (pair === undefined || !deepEqual(pair.value.value, value)) {
			coming.push(...override(key, { value, next, isWritten: pair !== undefined }));
		} else if (next === undefined) {
			going.push(pair);
		} else {
			staying.push({ pair, before: value, after: next });
		}
	}
	return { going, staying, coming: Object.fromEntries(coming) };
}

interface Merged {
	readonly value: Json;
	readonly next: Json | undefined;
	/** Whether the key is there as well, so that it cannot be written behind. */
	readonly isWritten: boolean;
}

/** What has to be written for a key that a merge brings, if anything. */
function override(key: string, { value, next, isWritten }: Merged): [string, Json][] {
	if (next !== undefined && deepEqual(value, next)) {
		return [];
	}
	if (next === undefined || isWritten) {
		throw new CannotSplice("a merge brings its key");
	}
	return [[key, next]];
}
