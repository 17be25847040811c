import { type Document, Lexer, LineCounter, parseAllDocuments } from "yaml";
import { compose, NotReadable } from "./compose.ts";
import { childrenOf, type Node } from "./node.ts";

/** What a text says, or what is wrong with it first and at which of its lines. */
export type Reading =
	| { readonly ok: true; readonly root: Node | undefined }
	| { readonly ok: false; readonly mistake: Mistake };

export interface Mistake {
	/** From one. */
	readonly line: number;
	readonly complaint: string;
}

/**
 * Any YAML, a document at a time, or the first of several, in which the last of equal keys may win. The library reads the
 * structure; what it means is decided in compose.ts.
 */
export function readByLibrary(source: string, which: "only" | "first" = "only"): Reading {
	const lines = new LineCounter();
	const mistakeAt = (offset: number, complaint: string): Mistake => ({
		line: Math.max(1, lines.linePos(offset).line),
		complaint,
	});
	if (isTooDeep(source)) {
		return { ok: false, mistake: { line: 1, complaint: tooDeep } };
	}
	const control = source.search(controls);
	if (control >= 0 && !isJson(source)) {
		const line = source.slice(0, control).split("\n").length;
		return {
			ok: false,
			mistake: { line, complaint: `is not YAML: ${nameOf(source, control)} may not be in it` },
		};
	}
	try {
		const [document, next] = parse(source, lines);
		const second = which === "first" ? undefined : next;
		// Behind the first of them the library reads on as well as it can, and complains of what is right.
		const [error] = [...(document?.errors ?? []), ...(second?.errors ?? [])];
		if (second !== undefined && error === undefined) {
			return { ok: false, mistake: mistakeAt(second.range[0], "is not YAML: its documents are not apart") };
		}
		return error !== undefined
			? { ok: false, mistake: mistakeAt(error.pos[0], complaintOf(error.message)) }
			: { ok: true, root: rootOf(document, source, which) };
	} catch (error) {
		if (error instanceof NotReadable) {
			return { ok: false, mistake: mistakeAt(error.offset, error.message) };
		}
		throw error;
	}
}

function rootOf(
	document: Document.Parsed | undefined,
	source: string,
	which: "only" | "first",
): Node | undefined {
	const root = document?.contents && compose(document.contents, { source, mayRepeat: which === "first" });
	if (root) {
		refuseOtherBreaks(source, root);
	}
	return root ?? undefined;
}

/** What go-yaml refuses to read, by which kubectl reads. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]/u;

/** What ends a line in YAML 1.1, which is kubectl's, and none in 1.2, which is the library's. */
const otherBreaks = /[\x85\u2028\u2029]|\r(?!\n)/g;

/**
 * Behind one of these in a comment kubectl finds keys that we do not. In quotes both see the same text, as far as nothing is
 * folded there.
 */
function refuseOtherBreaks(source: string, root: Node): void {
	const breaks = [...source.matchAll(otherBreaks)];
	if (breaks.length === 0 || isJson(source)) {
		return;
	}
	const quotedTexts = quotedTextsOf(root);
	for (const { 0: character, index } of breaks) {
		const isInQuotes = quotedTexts.some(({ start, end }) => start < index && index < end);
		const isText = /[\u2028\u2029]/.test(character) && !/\s/.test(around(source, index));
		if (!isInQuotes || !isText) {
			const name = nameOf(source, index);
			throw new NotReadable(`is not YAML as kubectl reads it, for which ${name} ends a line`, index);
		}
	}
}

function around(source: string, index: number): string {
	return source.charAt(index - 1) + source.charAt(index + 1);
}

function quotedTextsOf(node: Node): Node[] {
	const isQuoted = node.kind === "scalar" && (node.style === "single" || node.style === "double");
	return isQuoted ? [node] : childrenOf(node).flatMap(quotedTextsOf);
}

function nameOf(source: string, index: number): string {
	return `U+${(source.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Which kubectl reads as such. */
function isJson(source: string): boolean {
	if (!/^\s*\{/.test(source)) {
		return false;
	}
	try {
		JSON.parse(source);
		return true;
	} catch {
		return false;
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

/**
 * The library calls itself for each level, and where that fills the stack it can take the whole process with it. What
 * people write has some tens of levels, kubectl's library takes 10,000.
 */
const maxNesting = 300;

const tooDeep = `is nested deeper than ${maxNesting} levels`;

/** Whether a text may have too many levels for the library. */
function isTooDeep(source: string): boolean {
	return blockNesting(source) > maxNesting || (mayFlowDeep(source) && flowNesting(source) > maxNesting);
}

/** At least as many as there are: each line further right than those above it counts, and each indicator before it. */
function blockNesting(source: string): number {
	const open: number[] = [];
	let deepest = 0;
	for (const [, blanks = "", indicators = ""] of source.matchAll(/^( *)((?:[-?:][ \t]+)*)\S/gm)) {
		while ((open.at(-1) ?? -1) >= blanks.length) {
			open.pop();
		}
		open.push(blanks.length);
		const inLine = indicators.replace(/[ \t]/g, "").length;
		// A list may stand right under its key.
		deepest = Math.max(deepest, 2 * open.length + inLine);
	}
	return deepest;
}

/** A bracket may be part of a text, which only the library's lexer can tell. */
function mayFlowDeep(source: string): boolean {
	return (source.match(/[[{]/g)?.length ?? 0) > maxNesting;
}

function flowNesting(source: string): number {
	let depth = 0;
	let deepest = 0;
	for (const token of new Lexer().lex(source)) {
		if (token === "[" || token === "{") {
			depth++;
			deepest = Math.max(deepest, depth);
		} else if (token === "]" || token === "}") {
			depth--;
		}
	}
	return deepest;
}
