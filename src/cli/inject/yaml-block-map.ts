import { isScalar, type Pair, type YAMLMap } from "yaml";
import type { JsonObject } from "../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import type { Manuscript } from "./manuscript.ts";
import type { Edit } from "./text-edit.ts";
import { editsOf } from "./yaml-edits.ts";
import { columnOf, leafEnd, lineStart, nextLine, ownColumn, pastComments } from "./yaml-lines.ts";
import { printBlock } from "./yaml-print.ts";

/** Keys that go take their lines along, keys that come get lines at the end. */
export function blockMapEdits(
	text: Manuscript,
	node: YAMLMap,
	before: JsonObject,
	after: JsonObject,
): Edit[] {
	const staying = Object.keys(before).filter((key) => Object.hasOwn(after, key));
	const going = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
	const coming = Object.entries(after).filter(([key]) => !Object.hasOwn(before, key));
	if (staying.length === 0) {
		throw new CannotSplice("nothing of it stays");
	}
	return [
		...going.map((key) => removal(text, pairOf(node, key))),
		...staying.flatMap((key) => {
			const pair = findPair(node, key);
			return pair === undefined
				? unchangedOnly(before, after, key)
				: editsOf(text, { node: pair.value, key: pair.key }, before[key] ?? null, after[key] ?? null);
		}),
		...(coming.length > 0 ? [addition(text, node, Object.fromEntries(coming))] : []),
	];
}

function findPair(node: YAMLMap, key: string): Pair | undefined {
	return node.items.find((pair) => isScalar(pair.key) && `${pair.key.value}` === key);
}

function pairOf(node: YAMLMap, key: string): Pair {
	const pair = findPair(node, key);
	if (pair === undefined) {
		throw new CannotSplice("its key comes from elsewhere");
	}
	return pair;
}

/** A key that a merge (`<<`) brought in has no text here. */
function unchangedOnly(before: JsonObject, after: JsonObject, key: string): Edit[] {
	if (before[key] !== after[key]) {
		throw new CannotSplice("its key comes from elsewhere");
	}
	return [];
}

function removal({ source }: Manuscript, pair: Pair): Edit {
	const start = startOf(pair);
	ownColumn(source, start);
	return { start: lineStart(source, start), end: nextLine(source, leafEnd(pair)), text: "" };
}

function addition({ source, style }: Manuscript, node: YAMLMap, added: JsonObject): Edit {
	const [first] = node.items;
	if (first === undefined) {
		throw new CannotSplice("it is empty");
	}
	const column = columnOf(source, startOf(first));
	const position = pastComments(source, nextLine(source, leafEnd(node)), column);
	return { start: position, end: position, text: printBlock(added, column, style) };
}

function startOf({ key }: Pair): number {
	if (!isScalar(key) || !key.range || key.anchor !== undefined) {
		throw new CannotSplice("its key is no plain text");
	}
	return key.range[0];
}
