import { align, type Step } from "../../../inject/align.ts";
import type { JsonArray, JsonObject } from "../../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import { type Frame, frameOf, print, type Span, wholeContent } from "./flow-frame.ts";
import { type Gap, gapsOf } from "./gaps.ts";
import { discard, type Manuscript } from "./manuscript.ts";
import { mapChanges } from "./map-changes.ts";
import { childrenOf, type MapNode, type Node, type Pair, type SeqNode } from "./node.ts";
import type { Edit } from "./text-edit.ts";

export function flowSeqEdits(text: Manuscript, node: SeqNode, before: JsonArray, after: JsonArray): Edit[] {
	const steps = align(before, after);
	const frame = frameOf(text, node, node.items.map(spanOfItem));
	return [
		...node.items.flatMap((item, index) => {
			const step = steps.find((candidate) => candidate.kind !== "add" && candidate.from === index);
			if (step?.kind === "keep") {
				return text.editsOf(text, { node: item }, before[index] ?? null, after[step.to] ?? null);
			}
			discard(text, item);
			return [];
		}),
		...gapEdits(frame, steps, (index) => print(frame, after[index] ?? null)),
	];
}

export function flowMapEdits(text: Manuscript, node: MapNode, before: JsonObject, after: JsonObject): Edit[] {
	const { going, staying, coming } = mapChanges(node, before, after);
	const added = Object.entries(coming);
	const frame = frameOf(text, node, node.pairs.map(spanOfPair));
	for (const child of going.flatMap(({ key, value }) => [key, value])) {
		discard(text, child);
	}
	return [
		...staying.flatMap(({ pair, before: was, after: next }) =>
			text.editsOf(text, { node: pair.value, key: pair.key }, was, next),
		),
		...gapEdits(frame, stepsOf(node.pairs, going, added.length), (index) => {
			const [key, value] = added[index] ?? ["", null];
			return `${JSON.stringify(key)}: ${print(frame, value)}`;
		}),
	];
}

/** New keys come last. */
function stepsOf(pairs: readonly Pair[], going: readonly Pair[], coming: number): Step[] {
	return [
		...pairs.map(
			(pair, from): Step =>
				going.includes(pair) ? { kind: "remove", from } : { kind: "keep", from, to: from },
		),
		...Array.from({ length: coming }, (_, to): Step => ({ kind: "add", to })),
	];
}

function gapEdits(frame: Frame, steps: readonly Step[], printItem: (index: number) => string): Edit[] {
	return gapsOf(steps).map((gap) => gapEdit(frame, gap, gap.added.map(printItem)));
}

/** Whatever goes takes one comma along, and whatever comes brings one. */
function gapEdit(frame: Frame, { after, before, removed }: Gap, added: string[]): Edit {
	const { open, spans, space } = frame;
	if (after !== -1) {
		const start = spans[after]?.end ?? open;
		const end = spans[removed.at(-1) ?? after]?.end ?? start;
		return { start, end, text: added.map((item) => `,${space}${item}`).join("") };
	}
	if (before !== -1) {
		const start = spans[0]?.start ?? open;
		const end = removed.length > 0 ? (spans[before]?.start ?? start) : start;
		return { start, end, text: added.map((item) => `${item},${space}`).join("") };
	}
	return wholeContent(frame, added);
}

function spanOfPair({ key, value }: Pair): Span {
	return { start: startOf(key), end: value.end };
}

/** `[a: b]` holds a map without brackets, whose key begins it. */
function spanOfItem(item: Node): Span {
	const [first] = item.kind === "map" && !item.isFlow ? childrenOf(item) : [];
	return { start: Math.min(startOf(item), first === undefined ? item.start : startOf(first)), end: item.end };
}

function startOf({ start, isMarked }: Node): number {
	if (isMarked === true) {
		throw new CannotSplice("its place is not known");
	}
	return start;
}
