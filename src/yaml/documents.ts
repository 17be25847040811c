import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import type { Json } from "../inject/json.ts";
import { type Mistake, type Reading, readByLibrary } from "./library-reader.ts";
import { readQuickly } from "./quick-reader.ts";

/** What one document of a file says. */
export interface ManifestDocument {
	readonly value: Json;
}

interface ParsedText {
	readonly documents: readonly ManifestDocument[];
	readonly problems: readonly Problem[];
}

/** JSON is YAML too, so one parser reads both. */
export function parseDocuments(text: string, source: string): ParsedText {
	const documents: ManifestDocument[] = [];
	const problems: Problem[] = [];
	for (const { start, end } of splitDocuments(text)) {
		const reading = readDocument(text.slice(start, end));
		if (reading.ok) {
			documents.push({ value: reading.root?.value ?? null });
		} else {
			problems.push(problemOf(reading.mistake, { name: source, text }, start));
		}
	}
	return problems.length > 0 ? { documents: [], problems } : { documents, problems };
}

/** The value of a text that is to be one document; null where it says nothing. */
export function parseOneDocument(text: string, source: string): Result<Json> {
	const { documents, problems } = parseDocuments(text, source);
	if (documents.length > 1) {
		return err({ source, complaint: `holds ${documents.length} documents`, accepted: "one" });
	}
	return problems.length > 0 ? err(...problems) : ok(documents[0]?.value ?? null);
}

/** Of a document that begins at `start`. */
export function problemOf(
	{ line, complaint }: Mistake,
	{ name, text }: { readonly name: string; readonly text: string },
	start: number,
): Problem {
	const above = text.slice(0, start).split("\n").length - 1;
	return { source: `${name}:${above + line}`, complaint, accepted: "YAML or JSON" };
}

/** One document of a stream: quickly where it is written as most are. */
export function readDocument(source: string): Reading {
	const quick = readQuickly(source);
	return quick === undefined ? readByLibrary(source) : { ok: true, root: quick.root };
}

/** Where a document stands in its file, its comments, directives and markers included, but no byte order mark before it. */
interface Extent {
	readonly start: number;
	readonly end: number;
	/**
	 * It follows `...` without a `---`, as YAML lets it. kubectl parts a stream at lines that begin with `---` and nowhere else,
	 * and of what is between two of them silently takes the first document (k8s.io/apimachinery v0.34.1, pkg/util/yaml).
	 */
	readonly isUnseenByKubectl: boolean;
}

/**
 * The documents of a stream, by their markers, which YAML lets stand at the beginning of a line and nowhere else. Comments,
 * blank lines and directives belong to the document below them; at the end, to the one above. As kubectl has it, JSON
 * objects may follow each other with nothing between them, and each document may begin with a byte order mark, as files
 * do that were put together.
 */
export function* splitDocuments(text: string): Generator<Extent> {
	const first = text.startsWith(byteOrderMark) ? 1 : 0;
	let start = first;
	for (const { end, isMarked } of boundariesOf(text, first)) {
		const isUnseenByKubectl = start > first && !isMarked;
		yield* objectsIn(text, { start: pastMark(text, start), end, isUnseenByKubectl });
		start = end;
	}
}

function pastMark(text: string, start: number): number {
	const marked = /---[ \t]*\r?\n\ufeff/y;
	marked.lastIndex = start;
	return marked.test(text) ? marked.lastIndex : start;
}

/** More than one where a JSON object ends and another begins, which would be no YAML. */
function* objectsIn(text: string, { start: first, end, isUnseenByKubectl }: Extent): Generator<Extent> {
	let start = first;
	let isUnseen = isUnseenByKubectl;
	for (
		let next = behindObject(text, start);
		next < end && text[next] === "{";
		next = behindObject(text, start)
	) {
		yield { start, end: next, isUnseenByKubectl: isUnseen };
		start = next;
		isUnseen = false;
	}
	yield { start, end, isUnseenByKubectl: isUnseen };
}

/** Where something follows a JSON object and the blanks behind it; the text's end where there is none. */
function behindObject(text: string, start: number): number {
	const blanks = /\s*/y;
	blanks.lastIndex = start;
	blanks.test(text);
	if (text[blanks.lastIndex] !== "{") {
		return text.length;
	}
	// What is not JSON either way: a text in single quotes, a comment.
	const token = /"(?:[^"\\]|\\.)*"|[{}'#]/gs;
	token.lastIndex = blanks.lastIndex;
	let depth = 0;
	for (let found = token.exec(text); found !== null && !/['#]/.test(found[0]); found = token.exec(text)) {
		depth += found[0] === "{" ? 1 : found[0] === "}" ? -1 : 0;
		if (depth === 0) {
			blanks.lastIndex = token.lastIndex;
			blanks.test(text);
			return blanks.lastIndex;
		}
	}
	return text.length;
}

/** Where documents end, and whether each has a `---` before what it says. */
function* boundariesOf(
	text: string,
	first: number,
): Generator<{ readonly end: number; readonly isMarked: boolean }> {
	let start = first;
	let hasBegun = false;
	let isMarked = false;
	for (const { index, next, isEnd } of markersOf(text, first)) {
		const end = isEnd ? next : index;
		const isBetween: boolean = isEnd
			? saysSomething(text, end, text.length)
			: hasBegun || saysSomething(text, start, end);
		if (isBetween) {
			yield { end, isMarked };
			start = end;
			isMarked = false;
		}
		isMarked ||= !isEnd;
		hasBegun = !(isEnd && isBetween);
	}
	if (hasBegun || saysSomething(text, start, text.length)) {
		yield { end: text.length, isMarked };
	}
}

const byteOrderMark = "\ufeff";

interface Marker {
	readonly index: number;
	/** Where the line below begins. */
	readonly next: number;
	/** `...` instead of `---`. */
	readonly isEnd: boolean;
}

function* markersOf(text: string, start: number): Generator<Marker> {
	const first = /(?:---|\.\.\.)(?=[ \t\r\n]|$)/y;
	first.lastIndex = start;
	if (first.test(text)) {
		yield markerAt(text, start);
	}
	for (const { index } of text.matchAll(/\n(?:---|\.\.\.)(?=[ \t\r\n]|$)/g)) {
		yield markerAt(text, index + 1);
	}
}

function markerAt(text: string, index: number): Marker {
	const feed = text.indexOf("\n", index);
	return { index, next: feed === -1 ? text.length : feed + 1, isEnd: text[index] === "." };
}

/** Whether there is more than comments, blank lines and directives. */
function saysSomething(text: string, start: number, end: number): boolean {
	const aside = /(?:[ \t\r]*(?:#[^\n]*)?|%[^\n]*)(?:\n|$)/y;
	for (let at = start; at < end; at = aside.lastIndex) {
		aside.lastIndex = at;
		if (!aside.test(text)) {
			return true;
		}
	}
	return false;
}
