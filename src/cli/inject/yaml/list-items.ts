import { isObject, type JsonObject } from "../../../inject/json.ts";
import { readQuickly } from "./quick-reader.ts";

/** A document that is a map with a list of `items` in it, as block lines, and the texts that it is made of. */
export interface ListItems {
	/** Up to the first item, and from behind the last. */
	readonly before: string;
	readonly behind: string;
	/** The lines of each item, its dash and what comments follow it included: a list of one by itself. */
	readonly items: readonly string[];
	/** The document without its items. */
	readonly head: JsonObject;
}

/**
 * Takes a list apart by its lines, so that a cluster's worth of objects need not be read at once. Undefined where it is not
 * clear from the lines alone. What the items say is not looked at: whoever uses them has to read each with
 * {@link readQuickly}, whose grammar lets nothing reach from one into the next.
 */
export function listItemsOf(source: string): ListItems | undefined {
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
	const head = readQuickly(source.slice(0, keyAt) + behind)?.root;
	if (head?.kind !== "map" || head.isFlow || !isObject(head.value) || Object.hasOwn(head.value, "items")) {
		return undefined;
	}
	return {
		before: source.slice(0, starts[0]),
		behind,
		items: starts.map((start, index) => source.slice(start, starts[index + 1] ?? end)),
		head: head.value,
	};
}

/** Where the lines with the list's dashes begin, and where something else comes. */
function findItems(
	source: string,
	from: number,
): { readonly starts: readonly number[]; readonly end: number } | undefined {
	const starts: number[] = [];
	let column: number | undefined;
	for (let line = from; line < source.length; line = source.indexOf("\n", line) + 1 || source.length) {
		const { at, isText } = contentOf(source, line);
		if (!isText) {
			continue;
		}
		const isDash = source[at] === "-" && /^-(?:[ \r\n]|$)/.test(source.slice(at, at + 2));
		column ??= isDash ? at - line : undefined;
		if (column === undefined) {
			return undefined;
		}
		if (at - line === column && isDash) {
			starts.push(line);
		} else if (at - line <= column) {
			// Anything else than a key of the document would belong to what stands above.
			return at === line ? { starts, end: line } : undefined;
		}
	}
	return column === undefined ? undefined : { starts, end: source.length };
}

/** Where a line's content begins, and whether there is more than a comment. */
function contentOf(source: string, line: number): { readonly at: number; readonly isText: boolean } {
	let at = line;
	while (source[at] === " ") {
		at++;
	}
	const first = source[at];
	return { at, isText: first !== undefined && first !== "\n" && first !== "\r" && first !== "#" };
}
