import { type Document, LineCounter, parseAllDocuments } from "yaml";
import { compose } from "./compose.ts";
import { isTooDeep, tooDeep } from "./nesting.ts";
import type { Node } from "./node.ts";
import { NotReadable } from "./not-readable.ts";

/** What a text says, or what is wrong with it and at which of its lines. */
export type Reading =
	| { readonly ok: true; readonly root: Node | undefined }
	| { readonly ok: false; readonly mistakes: readonly Mistake[] };

export interface Mistake {
	/** From one. */
	readonly line: number;
	readonly complaint: string;
}

/** Any YAML, a document at a time. The library reads the structure; what it means is decided in compose.ts. */
export function readByLibrary(source: string): Reading {
	const lines = new LineCounter();
	const mistakeAt = (offset: number, complaint: string): Mistake => ({
		line: Math.max(1, lines.linePos(offset).line),
		complaint,
	});
	if (isTooDeep(source)) {
		return { ok: false, mistakes: [{ line: 1, complaint: tooDeep }] };
	}
	try {
		const [document, second] = parse(source, lines);
		const errors = [...(document?.errors ?? []), ...(second?.errors ?? [])];
		if (second !== undefined && errors.length === 0) {
			return {
				ok: false,
				mistakes: [mistakeAt(second.range[0], "is not YAML: its documents are not apart")],
			};
		}
		return errors.length > 0
			? { ok: false, mistakes: errors.map(({ message, pos }) => mistakeAt(pos[0], complaintOf(message))) }
			: { ok: true, root: document?.contents ? compose(document.contents, source) : undefined };
	} catch (error) {
		if (error instanceof NotReadable) {
			return { ok: false, mistakes: [mistakeAt(error.offset, error.message)] };
		}
		throw error;
	}
}

function parse(source: string, lineCounter: LineCounter): readonly Document.Parsed[] {
	const documents = parseAllDocuments(source, {
		schema: "failsafe",
		version: "1.1",
		merge: false,
		uniqueKeys: false,
		keepSourceTokens: true,
		prettyErrors: false,
		logLevel: "silent",
		lineCounter,
	});
	return "empty" in documents ? [] : documents;
}

function complaintOf(message: string): string {
	return `is not YAML: ${message.split("\n")[0] ?? ""}`;
}
