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
