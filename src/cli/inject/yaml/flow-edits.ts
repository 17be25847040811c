import { align, type Step } from "../../../inject/align.ts";
import type { Json, JsonArray, JsonObject } from "../../../inject/json.ts";
import { childrenOf, type MapNode, type Node, type Pair, type SeqNode } from "../../../yaml/node.ts";
import { type Gap, gapsOf, mapChanges } from "./changes.ts";
import { jsonString, printFlow, printFlowLines } from "./print.ts";
import { CannotSplice, discard, type Edit, lineStart, type SourceText } from "./source-text.ts";

export function flowSeqEdits(text: SourceText, node: SeqNode, before: JsonArray, after: JsonArray): Edit[] {
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

export function flowMapEdits(text: SourceText, node: MapNode, before: JsonObject, after: JsonObject): Edit[] {
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
			return `${jsonString(key)}: ${print(frame, value)}`;
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
	return gapsOf(steps).map((gap) => flowGapEdit(frame, gap, gap.added.map(printItem)));
}

/** Whatever goes takes one comma along, and whatever comes brings one. */
function flowGapEdit(frame: Frame, { after, before, removed }: Gap, added: string[]): Edit {
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

/** Where an item of a `[…]` or `{…}` stands. */
interface Span {
	readonly start: number;
	readonly end: number;
}

/** A `[…]` or `{…}` and the way its items are set. */
interface Frame {
	readonly text: SourceText;
	/** Behind the opening bracket, and before the closing one. */
	readonly open: number;
	readonly close: number;
	readonly spans: readonly Span[];
	/** What to put between a comma and an item: a blank, or a line break and blanks. */
	readonly space: string;
}

function frameOf(text: SourceText, node: MapNode | SeqNode, spans: readonly Span[]): Frame {
	const open = node.start + 1;
	const last = spans.at(-1);
	const between = last === undefined ? "" : text.source.slice(spans.at(-2)?.end ?? open, last.start);
	const [, ownLine] = /(\r?\n[ \t]*)$/.exec(between) ?? [];
	const space = last === undefined ? spaceInEmpty(text, open) : (ownLine ?? " ");
	return { text, open, close: node.end - 1, spans, space };
}

/** In a file of indented JSON an empty list opens up like all the others. */
function spaceInEmpty({ source, style }: SourceText, open: number): string {
	const [, outer = "", inner] = /^(?:\s*\n)?([ \t]*)[[{]\r?\n([ \t]+)/.exec(source) ?? [];
	return inner === undefined ? " " : `${style.eol}${indentOfLine(source, open)}${inner.slice(outer.length)}`;
}

/** Over several lines where its neighbours are. */
function print({ text, open, space }: Frame, value: Json): string {
	if (!space.includes("\n")) {
		return printFlow(value);
	}
	const indent = space.slice(space.lastIndexOf("\n") + 1);
	const outer = indentOfLine(text.source, open);
	const unit = indent.startsWith(outer) && indent !== outer ? indent.slice(outer.length) : "  ";
	return printFlowLines(value, indent, unit, text.style);
}

/** Where nothing stays. What was opened up to take items closes again when they go. */
function wholeContent({ text, open, close, spans, space }: Frame, added: readonly string[]): Edit {
	const start = spans[0]?.start ?? open;
	const end = spans.at(-1)?.end ?? start;
	const items = added.join(`,${space}`);
	if (spans.length === 0 && space.includes("\n")) {
		return { start, end, text: `${space}${items}${text.style.eol}${indentOfLine(text.source, open)}` };
	}
	const opened = text.source.slice(open, start).includes("\n");
	return added.length === 0 && opened ? { start: open, end: close, text: "" } : { start, end, text: items };
}

function indentOfLine(source: string, offset: number): string {
	return /^[ \t]*/.exec(source.slice(lineStart(source, offset)))?.[0] ?? "";
}
