import { align } from "../../../inject/align.ts";
import type { JsonArray, JsonObject } from "../../../inject/json.ts";
import type { MapNode, Node, Pair, SeqNode } from "../../../yaml/node.ts";
import { type Gap, gapsOf, mapChanges } from "./changes.ts";
import { printBlock } from "./print.ts";
import {
	CannotSplice,
	columnOf,
	discard,
	type Edit,
	lineStart,
	nextLine,
	ownColumn,
	pastComments,
	type SourceText,
} from "./source-text.ts";

/** Keys that go take their lines along, keys that come get lines at the end. */
export function blockMapEdits(
	text: SourceText,
	node: MapNode,
	before: JsonObject,
	after: JsonObject,
): Edit[] {
	const { going, staying, coming } = mapChanges(node, before, after);
	if (going.length === node.pairs.length) {
		throw new CannotSplice("nothing of it stays");
	}
	return [
		...going.map((pair) => removal(text, pair)),
		...staying.flatMap(({ pair, before: was, after: next }) =>
			text.editsOf(text, { node: pair.value, key: pair.key }, was, next),
		),
		...(Object.keys(coming).length > 0 ? [addition(text, node, coming)] : []),
	];
}

function removal(text: SourceText, pair: Pair): Edit {
	const { source } = text;
	const start = startOfKey(pair);
	ownColumn(source, start);
	discard(text, pair.key);
	discard(text, pair.value);
	return { start: lineStart(source, start), end: nextLine(source, pair.value.end), text: "" };
}

function addition({ source, style }: SourceText, node: MapNode, added: JsonObject): Edit {
	const [first] = node.pairs;
	if (first === undefined) {
		throw new CannotSplice("it is empty");
	}
	const column = columnOf(source, startOfKey(first));
	const position = pastComments(source, nextLine(source, node.end), column);
	return { start: position, end: position, text: printBlock(added, column, style) };
}

function startOfKey({ key }: Pair): number {
	if (key.kind !== "scalar" || key.isMarked === true) {
		throw new CannotSplice("its key is no plain text");
	}
	return key.start;
}

interface BlockSeq {
	readonly node: SeqNode;
	/** Whose value it is, if it is that of a key. */
	readonly key: Node | undefined;
}

/** Items that go take their lines along, items that come get lines where they belong. */
export function blockSeqEdits(text: SourceText, seq: BlockSeq, before: JsonArray, after: JsonArray): Edit[] {
	const steps = align(before, after);
	if (!steps.some(({ kind }) => kind === "keep") || seq.node.dashes.length !== before.length) {
		throw new CannotSplice("nothing of it stays");
	}
	return [
		...steps.flatMap((step) =>
			step.kind === "keep"
				? text.editsOf(
						text,
						{ node: itemOf(seq, step.from) },
						before[step.from] ?? null,
						after[step.to] ?? null,
					)
				: [],
		),
		...gapsOf(steps).map((gap) => gapEdit(text, seq, gap, after)),
	];
}

function itemOf({ node }: BlockSeq, index: number): Node {
	const item = node.items[index];
	if (item === undefined) {
		throw new CannotSplice("its place is not known");
	}
	return item;
}

function gapEdit(text: SourceText, seq: BlockSeq, gap: Gap, after: JsonArray): Edit {
	const { source, style } = text;
	const { dashes } = seq.node;
	const column = ownColumn(source, dashes[0] ?? 0);
	const added = gap.added.map((index) => after[index] ?? null);
	const lines = added.length > 0 ? printBlock(added, column, style) : "";
	const [first] = gap.removed;
	const last = gap.removed.at(-1);
	if (first !== undefined && last !== undefined) {
		for (const index of gap.removed) {
			discard(text, itemOf(seq, index));
		}
		const start = lineStart(source, dashes[first] ?? 0);
		return { start, end: nextLine(source, itemOf(seq, last).end), text: lines };
	}
	const position =
		gap.after === -1
			? nextLine(source, endOfKey(seq.key))
			: pastComments(source, nextLine(source, itemOf(seq, gap.after).end), column);
	return { start: position, end: position, text: lines };
}

/** What comes first stands right below the key, above the comments of what was first so far. */
function endOfKey(key: Node | undefined): number {
	if (key?.kind !== "scalar") {
		throw new CannotSplice("it is not the value of a key");
	}
	return key.end;
}
