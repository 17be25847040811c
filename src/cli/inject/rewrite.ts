import { isMap, isSeq, parseAllDocuments, stringify } from "yaml";
import { deepEqual } from "../../inject/deep-equal.ts";
import type { Json } from "../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import { type Manuscript, manuscriptOf } from "./manuscript.ts";
import { applyEdits, type Edit } from "./text-edit.ts";
import type { ManifestDocument } from "./yaml-documents.ts";
import { editsOf } from "./yaml-edits.ts";
import { leafEnd, lineStart, nextLine } from "./yaml-lines.ts";
import { readOptions, writeOptions } from "./yaml-options.ts";
import { printBlock, printFlow } from "./yaml-print.ts";

/** A file's text with other values in it. */
export interface Rewritten {
	readonly text: string;
	/** Documents that had to be written anew, without their comments, by position. */
	readonly reprinted: readonly number[];
}

/**
 * Makes a file's documents say what they are to say, with every byte of the rest as it was. Each document that changes
 * is read back and compared; one that did not come out right (aliases and merges can do that) is written anew.
 */
export function rewrite(
	source: string,
	documents: readonly ManifestDocument[],
	after: readonly Json[],
): Rewritten {
	const changed = documents.flatMap(({ value }, index) =>
		deepEqual(value, after[index] ?? null) ? [] : [index],
	);
	if (changed.length === 0) {
		return { text: source, reprinted: [] };
	}
	const manuscript = manuscriptOf(source, documents);
	const whole = source.endsWith("\n");
	const pieces = documents.map(({ value }, index): Piece => {
		const last = !whole && index === documents.length - 1;
		const change = { index, before: value, after: after[index] ?? null, last };
		return changed.includes(index)
			? rewriteOne(manuscript, change)
			: { text: trim(pieceOf(manuscript, index, []) ?? "", last), anew: false };
	});
	return {
		text: pieces.map(({ text }) => text).join(""),
		reprinted: pieces.flatMap(({ anew }, index) => (anew ? [index] : [])),
	};
}

interface Piece {
	readonly text: string;
	readonly anew: boolean;
}

interface Change {
	readonly index: number;
	readonly before: Json;
	readonly after: Json;
	/** Whether the file ends with it, and without a line break. */
	readonly last: boolean;
}

function rewriteOne(manuscript: Manuscript, change: Change): Piece {
	const { index, after, last } = change;
	for (const [edits, anew] of [
		[() => splice(manuscript, change), false],
		[() => reprint(manuscript, change), true],
	] as const) {
		const text = trim(pieceOf(manuscript, index, edits()) ?? "", last);
		if (says(text, after)) {
			return { text, anew };
		}
	}
	return { text: `${index === 0 ? "" : "---\n"}${stringify(after, writeOptions)}`, anew: true };
}

/** From where a document begins to where the next one does. */
function pieceOf(
	{ source, trees }: Manuscript,
	index: number,
	edits: readonly Edit[] | undefined,
): string | undefined {
	const start = index === 0 ? 0 : (trees[index]?.range[0] ?? 0);
	const end = trees[index + 1]?.range[0] ?? source.length;
	return (
		edits &&
		applyEdits(
			source.slice(start, end),
			edits.map((edit) => shift(edit, start)),
		)
	);
}

function shift({ start, end, text }: Edit, by: number): Edit {
	return { start: start - by, end: end - by, text };
}

function trim(text: string, last: boolean): string {
	return last ? text.replace(/\r?\n$/, "") : text;
}

function splice(manuscript: Manuscript, { index, before, after }: Change): Edit[] | undefined {
	try {
		return editsOf(manuscript, { node: manuscript.trees[index]?.contents }, before, after);
	} catch (error) {
		if (error instanceof CannotSplice) {
			return undefined;
		}
		throw error;
	}
}

function reprint({ source, style, trees }: Manuscript, { index, after }: Change): Edit[] {
	const node = trees[index]?.contents;
	if (!node) {
		return [];
	}
	const [start, end] = node.range;
	return (isMap(node) || isSeq(node)) && !node.flow
		? [
				{
					start: lineStart(source, start),
					end: nextLine(source, leafEnd(node)),
					text: printBlock(after, 0, style),
				},
			]
		: [{ start, end, text: printFlow(after) }];
}

/** Read by itself, so that a large file need not be in memory twice. */
function says(text: string, value: Json): boolean {
	const documents = parseAllDocuments(text, { ...readOptions, keepSourceTokens: false });
	const [document] = documents;
	return (
		documents.length === 1 &&
		document !== undefined &&
		document.errors.length === 0 &&
		deepEqual(document.toJS() ?? null, value)
	);
}
