import { type Document, isDocument, LineCounter, parseAllDocuments } from "yaml";
import type { Problem } from "../../domain/problem.ts";
import type { Json } from "../../inject/json.ts";
import { readOptions } from "./yaml-options.ts";

/** One document of a file: what it says, and its syntax tree with positions in the file's text. */
export interface ManifestDocument {
	readonly value: Json;
	readonly syntax: Document.Parsed;
}

export interface ParsedText {
	readonly documents: readonly ManifestDocument[];
	readonly problems: readonly Problem[];
}

/** JSON is YAML too, so one parser reads both. */
export function parseDocuments(text: string, source: string): ParsedText {
	const lines = new LineCounter();
	const parsed: readonly unknown[] = parseAllDocuments(text, { ...readOptions, lineCounter: lines });
	const documents = parsed.filter(isDocument) as Document.Parsed[];
	const problems = documents.flatMap(({ errors }) =>
		errors.map(
			({ message, pos }): Problem => ({
				source: `${source}:${lines.linePos(pos[0]).line}`,
				complaint: `is not YAML: ${(message.split("\n")[0] ?? "").replace(/ at line.*$/, "")}`,
				accepted: "YAML or JSON",
			}),
		),
	);
	return problems.length > 0 ? { documents: [], problems } : valuesOf(documents, source);
}

function valuesOf(documents: readonly Document.Parsed[], source: string): ParsedText {
	try {
		return { documents: documents.map((syntax) => ({ syntax, value: syntax.toJS() ?? null })), problems: [] };
	} catch (error) {
		// Aliases of aliases, which would take more memory than there is ("billion laughs").
		const complaint = `cannot be read: ${error instanceof Error ? error.message : error}`;
		return { documents: [], problems: [{ source, complaint, accepted: "YAML or JSON" }] };
	}
}
