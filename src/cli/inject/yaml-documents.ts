import type { Problem } from "../../domain/problem.ts";
import type { Json } from "../../inject/json.ts";
import type { Mistake } from "./yaml/library-reader.ts";
import { readDocument } from "./yaml/read-document.ts";
import { splitDocuments } from "./yaml/split-documents.ts";

/** What one document of a file says. */
export interface ManifestDocument {
	readonly value: Json;
}

export interface ParsedText {
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
			problems.push(...problemsOf(reading.mistakes, { name: source, text }, start));
		}
	}
	return problems.length > 0 ? { documents: [], problems } : { documents, problems };
}

/** Of a document that begins at `start`. */
export function problemsOf(
	mistakes: readonly Mistake[],
	{ name, text }: { readonly name: string; readonly text: string },
	start: number,
): Problem[] {
	const above = text.slice(0, start).split("\n").length - 1;
	return mistakes.map(({ line, complaint }) => ({
		source: `${name}:${above + line}`,
		complaint,
		accepted: "YAML or JSON",
	}));
}
