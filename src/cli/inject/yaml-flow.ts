import { isScalar, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { align, type Step } from "../../inject/align.ts";
import type { JsonArray, JsonObject } from "../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import { type Frame, frameOf, print, type Span, wholeContent } from "./flow-frame.ts";
import { type Gap, gapsOf } from "./gaps.ts";
import type { Manuscript } from "./manuscript.ts";
import type { Edit } from "./text-edit.ts";
import { editsOf } from "./yaml-edits.ts";
import { leafEnd } from "./yaml-lines.ts";

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
