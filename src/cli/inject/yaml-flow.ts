import { isScalar, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { align, type Step } from "../../inject/align.ts";
import type { Json, JsonArray, JsonObject } from "../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import { type Gap, gapsOf } from "./gaps.ts";
import type { Manuscript } from "./manuscript.ts";
import type { Edit } from "./text-edit.ts";
import { editsOf } from "./yaml-edits.ts";
import { leafEnd, lineStart } from "./yaml-lines.ts";
import { printFlow, printFlowLines } from "./yaml-print.ts";

/** Where an item of a `[…]` or `{…}` stands. */
interface Span {
	readonly start: number;
	readonly end: number;
}

export function flowSeqEdits(text: Manuscript, node: YAMLSeq, before: JsonArray, after: JsonArray): Edit[] {
	const steps = align(before, after);
	const frame = frameOf(text, node, node.items.map(spanOfItem));
	return [
		...steps.flatMap((step) =>
			step.kind === "keep"
				? editsOf(text, { node: node.items[step.from] }, before[step.from] ?? null, after[step.to] ?? null)
				: [],
		),
		...gapEdits(frame, steps, (index) => print(frame, after[index] ?? null)),
	];
}

export function flowMapEdits(text: Manuscript, node: YAMLMap, before: JsonObject, after: JsonObject): Edit[] {
	const pairs = node.items;
	const keys = pairs.map(keyOf);
	if (keys.length !== Object.keys(before).length) {
		throw new CannotSplice("its keys come from elsewhere");
	}
	const coming = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
	const frame = frameOf(text, node, pairs.map(spanOfPair));
	return [
		...pairs.flatMap((pair, index) => {
			const key = keys[index] ?? "";
			return Object.hasOwn(after, key)
				? editsOf(text, { node: pair.value, key: pair.key }, before[key] ?? null, after[key] ?? null)
				: [];
		}),
		...gapEdits(frame, stepsOf(keys, after, coming), (index) => {
			const key = coming[index] ?? "";
			return `${JSON.stringify(key)}: ${print(frame, after[key] ?? null)}`;
		}),
	];
}

/** New keys come last. */
function stepsOf(keys: readonly string[], after: JsonObject, coming: readonly string[]): Step[] {
	return [
		...keys.map(
			(key, from): Step =>
				Object.hasOwn(after, key) ? { kind: "keep", from, to: from } : { kind: "remove", from },
		),
		...coming.map((_, to): Step => ({ kind: "add", to })),
	];
}

interface Frame {
	readonly text: Manuscript;
	/** Behind the opening bracket. */
	readonly open: number;
	readonly spans: readonly Span[];
	/** What to put between a comma and an item. */
	readonly space: string;
}

function frameOf(text: Manuscript, node: YAMLMap | YAMLSeq, spans: readonly Span[]): Frame {
	if (!node.range) {
		throw new CannotSplice("its place is not known");
	}
	const open = node.range[0] + 1;
	const last = spans.at(-1);
	const before = text.source.slice(spans.at(-2)?.end ?? open, last?.start ?? open).replace(/^\s*,/, "");
	if (/[^\s]/.test(before)) {
		throw new CannotSplice("there is a comment in it");
	}
	return { text, open, spans, space: before.includes("\n") ? before : " " };
}

function gapEdits(frame: Frame, steps: readonly Step[], printItem: (index: number) => string): Edit[] {
	return gapsOf(steps).map((gap) => gapEdit(frame, gap, gap.added.map(printItem)));
}

/** Whatever goes takes one comma along, and whatever comes brings one. */
function gapEdit({ open, spans, space }: Frame, { after, before, removed }: Gap, added: string[]): Edit {
	if (after !== -1) {
		const start = spans[after]?.end ?? open;
		const end = spans[removed.at(-1) ?? after]?.end ?? start;
		return { start, end, text: added.map((item) => `,${space}${item}`).join("") };
	}
	const start = spans[0]?.start ?? open;
	if (before !== -1) {
		const end = removed.length > 0 ? (spans[before]?.start ?? start) : start;
		return { start, end, text: added.map((item) => `${item},${space}`).join("") };
	}
	return { start, end: spans.at(-1)?.end ?? start, text: added.join(`,${space}`) };
}

/** Over several lines where its neighbours are. */
function print({ text, open, space }: Frame, value: Json): string {
	if (!space.includes("\n")) {
		return printFlow(value);
	}
	const indent = space.slice(space.lastIndexOf("\n") + 1);
	const outer = /^[ \t]*/.exec(text.source.slice(lineStart(text.source, open)))?.[0] ?? "";
	const unit = indent.startsWith(outer) && indent !== outer ? indent.slice(outer.length) : "  ";
	return printFlowLines(value, indent, unit, text.style);
}

function keyOf({ key }: Pair): string {
	if (!isScalar(key)) {
		throw new CannotSplice("its key is no plain text");
	}
	return `${key.value}`;
}

function spanOfPair(pair: Pair): Span {
	return { start: startOf(pair.key), end: leafEnd(pair) };
}

function spanOfItem(item: unknown): Span {
	return { start: startOf(item), end: leafEnd(item) };
}

function startOf(node: unknown): number {
	const { range, anchor, tag } = node as { range?: readonly number[]; anchor?: string; tag?: string };
	if (range?.[0] === undefined || anchor !== undefined || tag?.startsWith("!") === true) {
		throw new CannotSplice("its place is not known");
	}
	return range[0];
}
