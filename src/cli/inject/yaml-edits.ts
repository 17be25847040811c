import { isCollection, isMap, isScalar, isSeq } from "yaml";
import { deepEqual } from "../../inject/deep-equal.ts";
import { isArray, isObject, type Json } from "../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import type { Manuscript } from "./manuscript.ts";
import type { Edit } from "./text-edit.ts";
import { blockMapEdits } from "./yaml-block-map.ts";
import { blockSeqEdits } from "./yaml-block-seq.ts";
import { flowMapEdits, flowSeqEdits } from "./yaml-flow.ts";
import { leafEnd, nextLine, ownColumn } from "./yaml-lines.ts";
import { printBlock, printFlow, printScalar } from "./yaml-print.ts";

/** A node, and the key whose value it is. */
export interface Slot {
	readonly node: unknown;
	readonly key?: unknown;
}

/**
 * The edits that make a node say `after` instead of `before`: lines that come, lines that go, and scalars that change.
 * Every byte elsewhere stays. Throws {@link CannotSplice}.
 */
export function editsOf(text: Manuscript, slot: Slot, before: Json, after: Json): Edit[] {
	const { node } = slot;
	if (deepEqual(before, after)) {
		return [];
	}
	if (isMap(node) && isObject(before) && isObject(after)) {
		return node.flow ? flowMapEdits(text, node, before, after) : blockMapEdits(text, node, before, after);
	}
	if (isSeq(node) && isArray(before) && isArray(after)) {
		return node.flow
			? flowSeqEdits(text, node, before, after)
			: blockSeqEdits(text, { node, key: slot.key }, before, after);
	}
	return [replacement(text, slot, after)];
}

function replacement(text: Manuscript, { node, key }: Slot, after: Json): Edit {
	if (isCollection(node) && !node.flow) {
		return nothingInPlaceOfLines(text, node, key, after);
	}
	if ((!isScalar(node) && !isCollection(node)) || !node.range) {
		throw new CannotSplice("it is an alias");
	}
	const [start, end] = node.range;
	if (isScalar(node) && start === end) {
		return linesInPlaceOfNothing(text, start, key, after);
	}
	const printed = isObject(after) || isArray(after) ? printFlow(after) : printLike(node, after);
	// A block scalar's text ends with its line.
	return { start, end, text: text.source[end - 1] === "\n" ? `${printed}${text.style.eol}` : printed };
}

/** With quotes where there were some: JSON could not do without. */
function printLike(node: unknown, after: Json): string {
	return isScalar(node) && node.type === "QUOTE_DOUBLE" ? JSON.stringify(after) : printScalar(after);
}

/** `key:` with nothing behind it gets lines below it. */
function linesInPlaceOfNothing(
	{ source, style }: Manuscript,
	start: number,
	key: unknown,
	after: Json,
): Edit {
	if (!isScalar(key) || !key.range || !/^[ \t]*(?:#.*)?\r?$/m.test(restOfLine(source, start))) {
		throw new CannotSplice("there is no room below it");
	}
	if (!isObject(after) && !isArray(after)) {
		return { start, end: start, text: ` ${printScalar(after)}` };
	}
	const column = ownColumn(source, key.range[0]);
	const position = nextLine(source, start);
	const deeper = isArray(after) && !style.indentSeq ? column : column + 2;
	return { start: position, end: position, text: printBlock(after, deeper, style) };
}

/** The other way round: only `key:` stays. */
function nothingInPlaceOfLines({ source }: Manuscript, node: unknown, key: unknown, after: Json): Edit {
	if (after !== null || !isScalar(key) || !key.range) {
		throw new CannotSplice("it is a block of lines");
	}
	return { start: nextLine(source, key.range[1]), end: nextLine(source, leafEnd(node)), text: "" };
}

function restOfLine(source: string, offset: number): string {
	return source.slice(offset, nextLine(source, offset)).replace(/\n$/, "");
}
