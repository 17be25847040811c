import { harmlessLines } from "../../domain/harmless.ts";
import type { Input } from "./inputs.ts";
import type { Form, TransformedFile } from "./transform-file.ts";
import { laidOut } from "./yaml/print.ts";

/** Each file as it is written, unless asked for otherwise. */
export type OutputFormat = "yaml" | "json" | undefined;

/** How a file's documents have to come out for that. */
export function formOf({ text }: Input, format: OutputFormat): Form {
	if (format === "json") {
		return "json";
	}
	return format === "yaml" && isJson(text) ? "yaml" : "in place";
}

function isJson(text: string): boolean {
	return /^\s*[[{]/.test(text);
}

/** One stream, as `kubectl apply -f -` takes it, in pieces. */
export function* outputOf(
	files: readonly (TransformedFile & { readonly form: Form })[],
	format: OutputFormat,
): Generator<string> {
	if (format === "json") {
		yield* harmless(jsonOf(files.flatMap(({ documents }) => documents)));
		return;
	}
	const isJsonOnly = files.every(({ pieces, form }) => form === "in place" && isJson(headOf(pieces)));
	let tail = "";
	for (const { pieces, documents, form } of files) {
		const texts = form === "yaml" ? withMarkers(documents) : tail === "" ? pieces : withoutMark(pieces);
		const head = headOf(texts);
		yield tail === "" || head === "" ? "" : separator(tail, head, isJsonOnly);
		for (const piece of texts) {
			tail = (tail + piece).slice(-tailLength);
			yield piece;
		}
	}
}

const tailLength = 100;

function withMarkers(documents: TransformedFile["documents"]): readonly string[] {
	return documents.flatMap((pieces, index) => (index === 0 ? pieces : ["---\n", ...pieces]));
}

/** A byte order mark is one at the beginning of a stream alone. */
function withoutMark([first = "", ...others]: readonly string[]): readonly string[] {
	return [first.replace(/^\ufeff/, ""), ...others];
}

/** Enough of a file's beginning to see how it begins. */
function headOf(pieces: readonly string[]): string {
	let head = "";
	for (const piece of pieces) {
		head += piece.slice(0, 1000);
		if (head.trimStart().length > 10) {
			return head;
		}
	}
	return head;
}

/**
 * Files that end in the middle of a line, or begin with a document, need something between them. Where all is JSON nothing
 * does: kubectl 1.35 reads objects up to a marker behind the second of them, and no object behind YAML without a marker.
 */
function separator(tail: string, head: string, isJsonOnly: boolean): string {
	const ended = tail.endsWith("\n") ? "" : "\n";
	const isSeparated = /^---\s/.test(head) || /(?:^|\n)---\s*\n$/.test(tail + ended) || isJsonOnly;
	return isSeparated ? ended : `${ended}---\n`;
}

/** Where a terminal reads along; to a program it is the same JSON. */
function* harmless(pieces: Iterable<string>): Generator<string> {
	for (const piece of pieces) {
		yield harmlessLines(piece);
	}
}

/** One object, or as kubectl does it a List of them: several in a row would be no JSON text. */
function* jsonOf(objects: TransformedFile["documents"]): Generator<string> {
	const [only, ...others] = objects;
	if (only === undefined) {
		return;
	}
	if (others.length === 0) {
		yield* laidOut(only, "  ", "");
		yield "\n";
		return;
	}
	yield '{\n  "apiVersion": "v1",\n  "kind": "List",\n  "items": [';
	for (const [index, object] of objects.entries()) {
		yield index === 0 ? "\n    " : ",\n    ";
		yield* laidOut(object, "  ", "    ");
	}
	yield "\n  ]\n}\n";
}
