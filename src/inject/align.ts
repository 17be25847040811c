import { deepEqual } from "./deep-equal.ts";
import { isObject, type Json, type JsonArray, textAt } from "./json.ts";

/** How one list becomes another: items that stay (perhaps changed inside), go or come, in order. */
export type Step =
	| { readonly kind: "keep"; readonly from: number; readonly to: number }
	| { readonly kind: "remove"; readonly from: number }
	| { readonly kind: "add"; readonly to: number };

/**
 * Equal beginnings and ends stay. What is between is matched by name where everything in it has one (containers,
 * volumes, ports), and else by position.
 */
export function align(before: JsonArray, after: JsonArray): Step[] {
	const start = commonStart(before, after);
	const end = commonEnd(before, after, start);
	const middle = {
		before: before.slice(start, before.length - end),
		after: after.slice(start, after.length - end),
	};
	return [
		...keep(0, 0, start),
		...alignMiddle(middle.before, middle.after).map((step) => shift(step, start)),
		...keep(before.length - end, after.length - end, end),
	];
}

function commonStart(before: JsonArray, after: JsonArray): number {
	const limit = Math.min(before.length, after.length);
	let length = 0;
	while (length < limit && deepEqual(before[length] ?? null, after[length] ?? null)) {
		length += 1;
	}
	return length;
}

function commonEnd(before: JsonArray, after: JsonArray, start: number): number {
	const limit = Math.min(before.length, after.length) - start;
	let length = 0;
	while (length < limit && deepEqual(before.at(-1 - length) ?? null, after.at(-1 - length) ?? null)) {
		length += 1;
	}
	return length;
}

function keep(from: number, to: number, count: number): Step[] {
	return Array.from({ length: count }, (_, index) => ({ kind: "keep", from: from + index, to: to + index }));
}

function shift(step: Step, by: number): Step {
	switch (step.kind) {
		case "keep":
			return { kind: "keep", from: step.from + by, to: step.to + by };
		case "remove":
			return { kind: "remove", from: step.from + by };
		case "add":
			return { kind: "add", to: step.to + by };
	}
}

function alignMiddle(before: JsonArray, after: JsonArray): Step[] {
	return haveNames(before) && haveNames(after)
		? alignPairs(longestInOrder(pairsByName(before, after)), before.length, after.length)
		: alignPositions(before.length, after.length);
}

/** Each item has a name that no other has. */
function haveNames(items: JsonArray): boolean {
	const names = items.map(nameOf);
	return !names.includes(undefined) && new Set(names).size === names.length;
}

function nameOf(item: Json): string | undefined {
	return isObject(item) ? textAt(item, "name") : undefined;
}

/** An item that did not change counts more than all that did, so that it is one of those to stay where it is. */
function pairsByName(before: JsonArray, after: JsonArray): Pair[] {
	const positions = new Map(after.map((item, index) => [nameOf(item), index]));
	return before.flatMap((item, from) => {
		const to = positions.get(nameOf(item));
		return to === undefined
			? []
			: [{ from, to, weight: deepEqual(item, after[to] ?? null) ? before.length + 1 : 1 }];
	});
}

function alignPairs(pairs: readonly Pair[], before: number, after: number): Step[] {
	let from = 0;
	let to = 0;
	const steps = pairs.flatMap((pair): Step[] => {
		const gap = [...removes(from, pair.from), ...adds(to, pair.to)];
		from = pair.from + 1;
		to = pair.to + 1;
		return [...gap, { kind: "keep", from: pair.from, to: pair.to }];
	});
	return [...steps, ...removes(from, before), ...adds(to, after)];
}

function alignPositions(before: number, after: number): Step[] {
	const common = Math.min(before, after);
	return [...keep(0, 0, common), ...removes(common, before), ...adds(common, after)];
}

function adds(from: number, end: number): Step[] {
	return Array.from({ length: end - from }, (_, index) => ({ kind: "add", to: from + index }));
}

function removes(from: number, end: number): Step[] {
	return Array.from({ length: end - from }, (_, index) => ({ kind: "remove", from: from + index }));
}

/** An item of one list and the item of another that it corresponds to. */
interface Pair {
	readonly from: number;
	readonly to: number;
	readonly weight: number;
}

/** The heaviest choice of pairs that do not cross. They come sorted by `from`, each position in one pair at most. */
function longestInOrder(pairs: readonly Pair[]): Pair[] {
	const chains: Chain[] = [];
	for (const pair of pairs) {
		const before = heaviest(chains.filter((chain) => chain.pair.to < pair.to));
		chains.push({ pair, before, weight: pair.weight + (before?.weight ?? 0) });
	}
	return pairsOf(heaviest(chains));
}

interface Chain {
	readonly pair: Pair;
	readonly before: Chain | undefined;
	readonly weight: number;
}

function heaviest(chains: readonly Chain[]): Chain | undefined {
	return chains.reduce<Chain | undefined>(
		(best, chain) => (chain.weight > (best?.weight ?? 0) ? chain : best),
		undefined,
	);
}

function pairsOf(chain: Chain | undefined): Pair[] {
	const pairs: Pair[] = [];
	for (let link = chain; link !== undefined; link = link.before) {
		pairs.unshift(link.pair);
	}
	return pairs;
}
