import type { Json } from "../../../inject/json.ts";
import { lineStart } from "./lines.ts";
import type { Manuscript } from "./manuscript.ts";
import type { MapNode, SeqNode } from "./node.ts";
import { printFlow, printFlowLines } from "./print.ts";
import type { Edit } from "./text-edit.ts";

/** Where an item of a `[…]` or `{…}` stands. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** A `[…]` or `{…}` and the way its items are set. */
export interface Frame {
	readonly text: Manuscript;
	/** Behind the opening bracket, and before the closing one. */
	readonly open: number;
	readonly close: number;
	readonly spans: readonly Span[];
	/** What to put between a comma and an item: a blank, or a line break and blanks. */
	readonly space: string;
}

export function frameOf(text: Manuscript, node: MapNode | SeqNode, spans: readonly Span[]): Frame {
	const open = node.start + 1;
	const last = spans.at(-1);
	const between = last === undefined ? "" : text.source.slice(spans.at(-2)?.end ?? open, last.start);
	const [, ownLine] = /(\r?\n[ \t]*)$/.exec(between) ?? [];
	const space = last === undefined ? spaceInEmpty(text, open) : (ownLine ?? " ");
	return { text, open, close: node.end - 1, spans, space };
}

/** In a file of indented JSON an empty list opens up like all the others. */
function spaceInEmpty({ source, style }: Manuscript, open: number): string {
	const [, outer = "", inner] = /^(?:\s*\n)?([ \t]*)[[{]\r?\n([ \t]+)/.exec(source) ?? [];
	return inner === undefined ? " " : `${style.eol}${indentOfLine(source, open)}${inner.slice(outer.length)}`;
}

/** Over several lines where its neighbours are. */
export function print({ text, open, space }: Frame, value: Json): string {
	if (!space.includes("\n")) {
		return printFlow(value);
	}
	const indent = space.slice(space.lastIndexOf("\n") + 1);
	const outer = indentOfLine(text.source, open);
	const unit = indent.startsWith(outer) && indent !== outer ? indent.slice(outer.length) : "  ";
	return printFlowLines(value, indent, unit, text.style);
}

/** Where nothing stays. What was opened up to take items closes again when they go. */
export function wholeContent({ text, open, close, spans, space }: Frame, added: readonly string[]): Edit {
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
