import type { Step } from "../../../inject/align.ts";
import { deepEqual } from "../../../inject/deep-equal.ts";
import type { Json, JsonObject } from "../../../inject/json.ts";
import type { MapNode, Pair } from "../../../yaml/node.ts";
import { CannotSplice } from "./source-text.ts";

/** How a map becomes another, key by key. */
interface MapChanges {
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

/** What lies between two items that stay: what goes, and what comes in its place. Positions are -1 at the ends. */
export interface Gap {
	/** The item before and the one after, by their old positions. */
	readonly after: number;
	readonly before: number;
	/** Old positions. */
	readonly removed: readonly number[];
	/** New positions. */
	readonly added: readonly number[];
}

/** The gaps in which something changes. */
export function gapsOf(steps: readonly Step[]): Gap[] {
	const keeps = steps.flatMap((step, index) => (step.kind === "keep" ? [index] : []));
	return [-1, ...keeps].flatMap((start, index) => {
		const end = keeps[index] ?? steps.length;
		const between = steps.slice(start + 1, end);
		const removed = between.flatMap((step) => (step.kind === "remove" ? [step.from] : []));
		const added = between.flatMap((step) => (step.kind === "add" ? [step.to] : []));
		return between.length === 0
			? []
			: [{ after: fromOf(steps[start]), before: fromOf(steps[end]), removed, added }];
	});
}

function fromOf(step: Step | undefined): number {
	return step?.kind === "keep" ? step.from : -1;
}
