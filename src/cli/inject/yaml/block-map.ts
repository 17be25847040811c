import type { JsonObject } from "../../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import { columnOf, lineStart, nextLine, ownColumn, pastComments } from "./lines.ts";
import { discard, type Manuscript } from "./manuscript.ts";
import { mapChanges } from "./map-changes.ts";
import type { MapNode, Pair } from "./node.ts";
import { printBlock } from "./print.ts";
import type { Edit } from "./text-edit.ts";

/** Keys that go take their lines along, keys that come get lines at the end. */
export function blockMapEdits(
	text: Manuscript,
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

function removal(text: Manuscript, pair: Pair): Edit {
	const { source } = text;
	const start = startOf(pair);
	ownColumn(source, start);
	discard(text, pair.key);
	discard(text, pair.value);
	return { start: lineStart(source, start), end: nextLine(source, pair.value.end), text: "" };
}

function addition({ source, style }: Manuscript, node: MapNode, added: JsonObject): Edit {
	const [first] = node.pairs;
	if (first === undefined) {
		throw new CannotSplice("it is empty");
	}
	const column = columnOf(source, startOf(first));
	const position = pastComments(source, nextLine(source, node.end), column);
	return { start: position, end: position, text: printBlock(added, column, style) };
}

function startOf({ key }: Pair): number {
	if (key.kind !== "scalar" || key.isMarked === true) {
		throw new CannotSplice("its key is no plain text");
	}
	return key.start;
}
