import { isMap, isSeq, stringify } from "yaml";
import { deepEqual } from "../../inject/deep-equal.ts";
import type { Json } from "../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import { type Manuscript, manuscriptOf } from "./manuscript.ts";
import { applyEdits, type Edit } from "./text-edit.ts";
import { type ManifestDocument, parseDocuments } from "./yaml-documents.ts";
import { editsOf } from "./yaml-edits.ts";
import { leafEnd, lineStart, nextLine } from "./yaml-lines.ts";
import { writeOptions } from "./yaml-options.ts";
import { printBlock, printFlow } from "./yaml-print.ts";

/** A file's text with other values in it. */
export interface Rewritten {
	readonly text: string;
	/** Documents that had to be written anew, without their comments, by position. */
	readonly reprinted: readonly number[];
}

/**
 * Makes a file's documents say what they are to say, with every byte of the rest as it was. The result is read back
 * and compared; a document that did not come out right (aliases and merges can do that) is written anew.
 */
export function rewrite(
	source: string,
	documents: readonly ManifestDocument[],
	after: readonly Json[],
): Rewritten {
	const changes = documents.flatMap(({ value }, index): Change[] => {
		const wanted = after[index] ?? null;
		return deepEqual(value, wanted) ? [] : [{ index, before: value, after: wanted }];
	});
	if (changes.length === 0) {
		return { text: source, reprinted: [] };
	}
	const job = { source, manuscript: manuscriptOf(source, documents), changes, after };
	const first = attempt(job, []);
	const last = first.wrong.length === 0 ? first : attempt(job, [...first.reprinted, ...first.wrong]);
	return last.wrong.length === 0
		? last
		: { text: printAnew(after), reprinted: changes.map(({ index }) => index) };
}

interface Change {
	readonly index: number;
	readonly before: Json;
	readonly after: Json;
}

interface Job {
	readonly source: string;
	readonly manuscript: Manuscript;
	readonly changes: readonly Change[];
	readonly after: readonly Json[];
}

/** What came out, and which documents do not say what they should. */
function attempt(job: Job, anew: readonly number[]): Rewritten & { readonly wrong: readonly number[] } {
	const { source, manuscript, changes, after } = job;
	const pieces = changes.map((change) => ({
		index: change.index,
		edits: anew.includes(change.index) ? undefined : splice(manuscript, change),
		change,
	}));
	const edits = pieces.flatMap((piece) => piece.edits ?? reprint(manuscript, piece.change));
	const reprinted = pieces.flatMap((piece) => (piece.edits === undefined ? [piece.index] : []));
	const padded = applyEdits(manuscript.source, edits);
	if (padded === undefined) {
		return { text: source, reprinted, wrong: changes.map(({ index }) => index) };
	}
	const text = source.endsWith("\n") ? padded : padded.replace(/\r?\n$/, "");
	return { text, reprinted, wrong: mismatches(text, after) };
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

function mismatches(text: string, after: readonly Json[]): number[] {
	const { documents } = parseDocuments(text, "");
	return after.flatMap((value, index) => {
		const written = documents[index];
		const isRight =
			documents.length === after.length && written !== undefined && deepEqual(written.value, value);
		return isRight ? [] : [index];
	});
}

function printAnew(after: readonly Json[]): string {
	return after.map((value) => stringify(value, writeOptions)).join("---\n");
}
