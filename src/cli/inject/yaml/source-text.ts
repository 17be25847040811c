import { attempt } from "../../../domain/attempt.ts";
import type { Json } from "../../../inject/json.ts";
import { childrenOf, type Node } from "../../../yaml/node.ts";
import type { Style } from "./print.ts";

/** A document's text, the way it is written, and what becomes of its nodes while edits are made. */
export interface SourceText {
	readonly source: string;
	readonly style: Style;
	/** Nodes that will not say any more what they said: what aliases repeat of them has to be written out. */
	readonly changed: Set<Node>;
	/** Aliases that have no text of their own any more. */
	readonly gone: Set<Node>;
	/** The edits of a part, for what makes those of the whole. */
	readonly editsOf: EditsOf;
}

/** A node, and the key whose value it is. */
export interface Slot {
	readonly node: Node;
	readonly key?: Node | undefined;
}

type EditsOf = (text: SourceText, slot: Slot, before: Json, after: Json) => Edit[];

export function sourceTextOf(
	{ source, eol, editsOf }: Pick<SourceText, "source" | "editsOf"> & Pick<Style, "eol">,
	root: Node,
): SourceText {
	const style = { eol, indentSeq: indentsSequences(source, root) ?? false };
	return { source, style, changed: new Set(), gone: new Set(), editsOf };
}

/** A node's text goes, with all that is below it. */
export function discard(text: SourceText, node: Node): void {
	(node.kind === "alias" ? text.gone : text.changed).add(node);
	for (const child of childrenOf(node)) {
		discard(text, child);
	}
}

/** As the first sequence below a key does it. */
function indentsSequences(source: string, node: Node): boolean | undefined {
	if (node.kind === "seq") {
		return firstAnswer(node.items, (item) => indentsSequences(source, item));
	}
	if (node.kind !== "map") {
		return undefined;
	}
	return firstAnswer(node.pairs, ({ key, value }) => {
		const [dash] = value.kind === "seq" ? value.dashes : [];
		return dash === undefined
			? indentsSequences(source, value)
			: (attempt(() => columnOf(source, dash)) ?? 0) > (attempt(() => columnOf(source, key.start)) ?? 0);
	});
}

function firstAnswer<T>(items: readonly T[], ask: (item: T) => boolean | undefined): boolean | undefined {
	for (const item of items) {
		const answer = ask(item);
		if (answer !== undefined) {
			return answer;
		}
	}
	return undefined;
}

export function lineStart(source: string, offset: number): number {
	return source.lastIndexOf("\n", offset - 1) + 1;
}

/** Where the next line begins, or this one if the offset is its beginning: a block scalar ends with its line. */
export function nextLine(source: string, offset: number): number {
	if (offset > 0 && source[offset - 1] === "\n") {
		return offset;
	}
	const newline = source.indexOf("\n", offset);
	return newline === -1 ? source.length : newline + 1;
}

/** How far in a line an offset stands, if nothing but blanks and the dashes of sequences stand before it. */
export function columnOf(source: string, offset: number): number {
	const start = lineStart(source, offset);
	if (!/^[ -]*$/.test(source.slice(start, offset))) {
		throw new CannotSplice("something else stands before it on its line");
	}
	return offset - start;
}

/** As {@link columnOf}, for what has its line to itself. */
export function ownColumn(source: string, offset: number): number {
	const column = columnOf(source, offset);
	if (source.slice(offset - column, offset).includes("-")) {
		throw new CannotSplice("it shares its line with a dash");
	}
	return column;
}

/** Past the comment lines that are further in than a column: they belong to what stands above them. */
export function pastComments(source: string, offset: number, column: number): number {
	let position = offset;
	for (;;) {
		const [, blanks = ""] = /^([ \t]*)#/.exec(source.slice(position, nextLine(source, position + 1))) ?? [];
		if (blanks.length <= column) {
			return position;
		}
		position = nextLine(source, position + 1);
	}
}

/** Whether nothing but a comment follows on the line. */
export function isLastOnLine(source: string, offset: number): boolean {
	return /^[ \t]*(?:#.*)?\r?$/.test(source.slice(offset, nextLine(source, offset)).replace(/\n$/, ""));
}

/** A piece of a text, and what to put in its place. Nothing else of the text changes. */
export interface Edit {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/**
 * The new text in pieces. Edits at one position come out in the order given, additions first. Undefined where two want the
 * same piece, or there are no edits to make.
 */
export function applyEdits(source: string, edits: readonly Edit[] | undefined): string[] | undefined {
	if (edits === undefined) {
		return undefined;
	}
	const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
	let end = 0;
	const pieces: string[] = [];
	for (const edit of sorted) {
		if (edit.start < end) {
			return undefined;
		}
		pieces.push(source.slice(end, edit.start), edit.text);
		end = edit.end;
	}
	pieces.push(source.slice(end));
	return pieces;
}

/** The text at hand has a form that is not edited in place; it is written anew instead. */
export class CannotSplice extends Error {}
