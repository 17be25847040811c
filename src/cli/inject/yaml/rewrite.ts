import { deepEqual } from "../../../inject/deep-equal.ts";
import type { Json } from "../../../inject/json.ts";
import { readDocument } from "../../../yaml/documents.ts";
import type { Node } from "../../../yaml/node.ts";
import { aliasEdits, editsOf } from "./edits.ts";
import { printBlock, printFlow, printYaml, type Style } from "./print.ts";
import {
	applyEdits,
	CannotSplice,
	type Edit,
	lineStart,
	nextLine,
	type SourceText,
	sourceTextOf,
} from "./source-text.ts";

/** A document's text, what it says, and what it is to say. */
interface Revision {
	readonly source: string;
	readonly root: Node | undefined;
	readonly before: Json;
	readonly after: Json;
	readonly eol: Style["eol"];
	/** Whether another document stands before it. */
	readonly follows: boolean;
}

interface Rewritten {
	/** The new text in pieces, most of them pieces of the old. */
	readonly pieces: readonly string[];
	/** Whether it had to be written anew, without its comments. */
	readonly isAnew: boolean;
}

/**
 * Makes a document say what it is to say, with every byte of the rest as it was. It is read back and compared; one that did
 * not come out right is written anew.
 */
export function rewrite(revision: Revision): Rewritten {
	const { source, before, after, follows } = revision;
	if (deepEqual(before, after)) {
		return { pieces: [source], isAnew: false };
	}
	const padded = pad(revision);
	const attempts = padded === undefined ? [] : [() => splice(padded), () => reprint(padded)];
	for (const [index, attempt] of attempts.entries()) {
		const pieces = trim(applyEdits(padded?.source ?? source, attempt()), revision);
		if (pieces !== undefined && says(pieces.join(""), after)) {
			return { pieces, isAnew: index > 0 };
		}
	}
	return { pieces: [`${follows ? "---\n" : ""}${printYaml(after)}`], isAnew: true };
}

interface Padded extends Revision {
	readonly root: Node;
	readonly text: SourceText;
}

/** The text gets a last line break if it has none, so that one kind of edit serves for every line. */
function pad(revision: Revision): Padded | undefined {
	const { source, eol } = revision;
	if (isComplete(revision)) {
		return withText(revision, source, revision.root);
	}
	const padded = `${source}${eol}`;
	const reading = readDocument(padded);
	return withText(revision, padded, reading.ok ? reading.root : undefined);
}

function withText(revision: Revision, source: string, root: Node | undefined): Padded | undefined {
	return (
		root && { ...revision, source, root, text: sourceTextOf({ source, eol: revision.eol, editsOf }, root) }
	);
}

/** Without the line break that was added. */
function trim(pieces: readonly string[] | undefined, revision: Revision): readonly string[] | undefined {
	return isComplete(revision) ? pieces : pieces && [pieces.join("").replace(/\r?\n$/, "")];
}

/** Between brackets no line has to end. */
function isComplete({ source, root }: Revision): boolean {
	return source.endsWith("\n") || ((root?.kind === "map" || root?.kind === "seq") && root.isFlow);
}

function splice({ text, root, before, after }: Padded): Edit[] | undefined {
	try {
		const edits = editsOf(text, { node: root }, before, after);
		return [...aliasEdits(text, root), ...edits];
	} catch (error) {
		if (error instanceof CannotSplice) {
			return undefined;
		}
		throw error;
	}
}

function reprint({ source, text: { style }, root, after }: Padded): Edit[] {
	const { start, end } = root;
	const indent = /(?:^|\n)( *)$/.exec(source.slice(0, start))?.[1]?.length ?? 0;
	const isBlock = (root.kind === "map" || root.kind === "seq") && !root.isFlow;
	return isBlock
		? [
				{
					start: lineStart(source, start),
					end: nextLine(source, end),
					text: printBlock(after, indent, style),
				},
			]
		: [{ start, end, text: printFlow(after) }];
}

function says(text: string, value: Json): boolean {
	const reading = readDocument(text);
	return reading.ok && deepEqual(reading.root?.value ?? null, value);
}
