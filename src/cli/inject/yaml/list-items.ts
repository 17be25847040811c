import { isArray, isObject, type JsonArray, type JsonObject } from "../../../inject/json.ts";
import type { MapNode, Node, Pair } from "../../../yaml/node.ts";
import { readQuickly } from "../../../yaml/quick-reader.ts";

/** A document that is a map with a list of `items` in it, and the texts that it is made of. */
export interface ListItems {
	/** Whether it is `[…]`. Else each item is its lines, its dash and what comments follow it included. */
	readonly isFlow: boolean;
	readonly items: readonly string[];
	/** Up to the first item, and from behind the last. */
	readonly before: string;
	readonly behind: string;
	/** The document without its items, by where its keys stand. */
	readonly above: JsonObject;
	readonly below: JsonObject;
}

/** What an item's text says, as a list of one; undefined where it is not clear by itself. */
export function readItem({ isFlow }: ListItems, source: string): Item | undefined {
	const root = readQuickly(source)?.root;
	if (root === undefined || isFlow) {
		return root && { root, value: [root.value] };
	}
	return root.kind === "seq" && root.items.length === 1 && isArray(root.value)
		? { root, value: root.value }
		: undefined;
}

export interface Item {
	readonly root: Node;
	readonly value: JsonArray;
}

/**
 * Takes a list apart by its lines or brackets, so that a cluster's worth of objects need not be read at once. Undefined
 * where it is not clear from these alone. What the items say is not looked at: whoever uses them has to read each with
 * {@link readItem}, whose grammar lets nothing reach from one into the next.
 */
export function listItemsOf(source: string): ListItems | undefined {
	const cuts = jsonCuts(source);
	return cuts === undefined ? blockItems(source) : flowItems(source, cuts);
}

function flowItems(source: string, { open, commas, close }: Cuts): ListItems | undefined {
	const before = source.slice(0, open);
	const behind = source.slice(close);
	const root = readQuickly(before + behind)?.root;
	if (root?.kind !== "map") {
		return undefined;
	}
	const items = [open - 1, ...commas].map((start, index) => source.slice(start + 1, commas[index] ?? close));
	return { isFlow: true, items, before, behind, ...partsOf(root, open) };
}

/** What a map says before and behind a place in its text, but for its items. */
function partsOf(
	{ pairs }: MapNode,
	place: number,
): { readonly above: JsonObject; readonly below: JsonObject } {
	const others = pairs.filter(({ name }) => name !== "items");
	const objectOf = (some: readonly Pair[]) =>
		Object.fromEntries(some.map(({ name = "", value }) => [name, value.value]));
	return {
		above: objectOf(others.filter(({ key }) => key.start < place)),
		below: objectOf(others.filter(({ key }) => key.start >= place)),
	};
}

function blockItems(source: string): ListItems | undefined {
	const keyAt = source.startsWith("items:") ? 0 : source.indexOf("\nitems:") + 1;
	if (!/^items:[ \t]*(?:#.*)?\r?\n/.test(source.slice(keyAt, keyAt + 200))) {
		return undefined;
	}
	const place = findItems(source, source.indexOf("\n", keyAt) + 1);
	if (place === undefined) {
		return undefined;
	}
	const { starts, end } = place;
	const behind = source.slice(end);
	const root = readQuickly(source.slice(0, keyAt) + behind)?.root;
	if (root?.kind !== "map" || root.isFlow || !isObject(root.value) || Object.hasOwn(root.value, "items")) {
		return undefined;
	}
	return {
		isFlow: false,
		before: source.slice(0, starts[0]),
		behind,
		items: starts.map((start, index) => source.slice(start, starts[index + 1] ?? end)),
		...partsOf(root, keyAt),
	};
}

interface Place {
	/** Where the lines with the list's dashes begin. */
	readonly starts: readonly number[];
	/** Where something else comes. */
	readonly end: number;
}

function findItems(source: string, from: number): Place | undefined {
	const starts: number[] = [];
	let column: number | undefined;
	for (const { line, at } of contentsOf(source, from)) {
		const isDash = /^-(?:[ \r\n]|$)/.test(source.slice(at, at + 2));
		column ??= isDash ? at - line : -1;
		if (at - line === column && isDash) {
			starts.push(line);
		} else if (at - line <= column) {
			// Anything else than a key of the document would belong to what stands above.
			return at === line ? { starts, end: line } : undefined;
		}
	}
	return starts.length > 0 ? { starts, end: source.length } : undefined;
}

/** The lines that say something, and where on them it begins. */
function* contentsOf(
	source: string,
	from: number,
): Generator<{ readonly line: number; readonly at: number }> {
	for (let line = from; line < source.length; line = source.indexOf("\n", line) + 1 || source.length) {
		let at = line;
		while (source[at] === " ") {
			at++;
		}
		if (!/^(?:[\r\n#]|$)/.test(source.charAt(at))) {
			yield { line, at };
		}
	}
}

/** Where the `items` of an object in JSON can be taken apart. */
interface Cuts {
	/** Behind the opening bracket. */
	readonly open: number;
	readonly commas: readonly number[];
	/** Before the closing one. */
	readonly close: number;
}

/** Brackets and commas, and what may hold some that are none. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],'#]/gs;

/** Undefined where there are none, or texts in single quotes or comments, which are not JSON. */
function jsonCuts(source: string): Cuts | undefined {
	const open = itemsOf(source);
	if (open === undefined) {
		return undefined;
	}
	const commas: number[] = [];
	let depth = 0;
	for (const { at, kind } of tokensOf(source, open)) {
		if (depth === 0 && kind === "]") {
			return { open, commas, close: at };
		}
		if (depth === 0 && kind === ",") {
			commas.push(at);
		}
		depth += depthOf(kind);
	}
	return undefined;
}

function itemsOf(source: string): number | undefined {
	if (!/^\s*\{/.test(source.slice(0, 1000))) {
		return undefined;
	}
	const list = /"items"\s*:\s*\[/y;
	let depth = 0;
	for (const { at, kind } of tokensOf(source, 0)) {
		list.lastIndex = at;
		if (depth === 1 && kind === '"' && list.test(source)) {
			return list.lastIndex;
		}
		depth += depthOf(kind);
	}
	return undefined;
}

function* tokensOf(source: string, from: number): Generator<{ readonly at: number; readonly kind: string }> {
	const pattern = new RegExp(token);
	pattern.lastIndex = from;
	for (let found = pattern.exec(source); found !== null; found = pattern.exec(source)) {
		const kind = found[0].charAt(0);
		if (kind === "'" || kind === "#") {
			return;
		}
		yield { at: found.index, kind };
	}
}

function depthOf(kind: string): number {
	switch (kind) {
		case "{":
		case "[":
			return 1;
		case "}":
		case "]":
			return -1;
		default:
			return 0;
	}
}
