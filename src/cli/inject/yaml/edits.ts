import { deepEqual } from "../../../inject/deep-equal.ts";
import { isArray, isObject, type Json } from "../../../inject/json.ts";
import type { AliasNode, Node } from "../../../yaml/node.ts";
import { blockMapEdits, blockSeqEdits } from "./block-edits.ts";
import { flowMapEdits, flowSeqEdits } from "./flow-edits.ts";
import { jsonString, printBlock, printFlow, printScalar } from "./print.ts";
import {
	CannotSplice,
	discard,
	type Edit,
	isLastOnLine,
	nextLine,
	ownColumn,
	type Slot,
	type SourceText,
} from "./source-text.ts";

/**
 * The edits that make a node say `after` instead of `before`: lines that come, lines that go, and scalars that change.
 * Every byte elsewhere stays. Throws {@link CannotSplice}.
 */
export function editsOf(text: SourceText, slot: Slot, before: Json, after: Json): Edit[] {
	const { node } = slot;
	if (deepEqual(before, after)) {
		return [];
	}
	text.changed.add(node);
	if (node.kind === "alias") {
		text.gone.add(node);
		return writtenOut(text, { node, key: slot.key }, after);
	}
	if (node.kind === "map" && isObject(before) && isObject(after)) {
		return node.isFlow ? flowMapEdits(text, node, before, after) : blockMapEdits(text, node, before, after);
	}
	if (node.kind === "seq" && isArray(before) && isArray(after)) {
		return node.isFlow
			? flowSeqEdits(text, node, before, after)
			: blockSeqEdits(text, { node, key: slot.key }, before, after);
	}
	return [replacement(text, slot, after)];
}

/** A value where an alias stood: on lines below its key if it has its line to itself, else as flow. */
function writtenOut(
	{ source, style }: SourceText,
	{ node, key }: { readonly node: AliasNode; readonly key: Node | undefined },
	value: Json,
): Edit[] {
	const { start, end } = node;
	const isSmall = (!isObject(value) && !isArray(value)) || Object.keys(value).length === 0;
	if (isSmall || key === undefined || !isLastOnLine(source, end) || !hasOwnLine(source, key.start)) {
		return [{ start, end, text: isObject(value) || isArray(value) ? printFlow(value) : printScalar(value) }];
	}
	const position = nextLine(source, end);
	return [
		{ start: source.slice(0, start).trimEnd().length, end, text: "" },
		{ start: position, end: position, text: linesBelow(source, key, value, style) },
	];
}

function hasOwnLine(source: string, offset: number): boolean {
	return /(?:^|\n) *(?:- +)*$/.test(source.slice(Math.max(0, offset - 200), offset));
}

function linesBelow(source: string, key: Node, value: Json, style: SourceText["style"]): string {
	const column = key.start - (source.lastIndexOf("\n", key.start - 1) + 1);
	return printBlock(value, isArray(value) && !style.indentSeq ? column : column + 2, style);
}

function replacement(text: SourceText, { node, key }: Slot, after: Json): Edit {
	if (node.kind === "alias" || (node.kind === "scalar" && node.style === "absent")) {
		throw new CannotSplice("it has no text of its own");
	}
	discard(text, node);
	if (node.kind !== "scalar" && !node.isFlow) {
		return nothingInPlaceOfLines(text, node, key, after);
	}
	const { start, end } = node;
	if (node.kind === "scalar" && node.style === "none") {
		return linesInPlaceOfNothing(text, start, key, after);
	}
	const printed = isObject(after) || isArray(after) ? printFlow(after) : printLike(node, after);
	// A block scalar's text ends with its line.
	return { start, end, text: text.source[end - 1] === "\n" ? `${printed}${text.style.eol}` : printed };
}

/** With quotes where there were some: JSON could not do without. */
function printLike(node: Node, after: Json): string {
	const isQuoted = node.kind === "scalar" && node.style === "double" && typeof after === "string";
	return isQuoted ? jsonString(after) : printScalar(after);
}

/** `key:` with nothing behind it gets lines below it. */
function linesInPlaceOfNothing(
	{ source, style }: SourceText,
	start: number,
	key: Node | undefined,
	after: Json,
): Edit {
	if (key?.kind !== "scalar" || !isLastOnLine(source, start)) {
		throw new CannotSplice("there is no room below it");
	}
	if (!isObject(after) && !isArray(after)) {
		return { start, end: start, text: ` ${printScalar(after)}` };
	}
	ownColumn(source, key.start);
	const position = nextLine(source, start);
	return { start: position, end: position, text: linesBelow(source, key, after, style) };
}

/** The other way round: only `key:` stays. */
function nothingInPlaceOfLines({ source }: SourceText, node: Node, key: Node | undefined, after: Json): Edit {
	if (after !== null || key?.kind !== "scalar") {
		throw new CannotSplice("it is a block of lines");
	}
	return { start: nextLine(source, key.end), end: nextLine(source, node.end), text: "" };
}

/** Aliases of what edits have changed or taken away say by themselves what they said so far. */
export function aliasEdits(text: SourceText, node: Node, key?: Node): Edit[] {
	switch (node.kind) {
		case "alias":
			return text.changed.has(node.target) && !text.gone.has(node)
				? writtenOut(text, { node, key }, node.value)
				: [];
		case "map":
			return node.pairs.flatMap((pair) => [
				...aliasEdits(text, pair.key),
				// A merge takes no lines of its own below it: one line says better that it was one.
				...aliasEdits(text, pair.value, pair.name === undefined || node.isFlow ? undefined : pair.key),
			]);
		case "seq":
			return node.items.flatMap((item) => aliasEdits(text, item));
		default:
			return [];
	}
}
