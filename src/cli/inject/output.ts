import { stringify } from "yaml";
import type { Json } from "../../inject/json.ts";
import type { Input } from "./inputs.ts";
import { rewrite } from "./rewrite.ts";
import type { ManifestDocument } from "./yaml-documents.ts";
import { writeOptions } from "./yaml-options.ts";

/** Each file as it is written, unless asked for otherwise. */
export type OutputFormat = "yaml" | "json" | undefined;

export interface Manifest extends Input {
	readonly documents: readonly ManifestDocument[];
	/** What the documents are to say. */
	readonly after: readonly Json[];
}

export interface Output {
	readonly text: string;
	/** What was lost on the way. */
	readonly notes: readonly string[];
}

/** One stream, as `kubectl apply -f -` takes it. */
export function render(manifests: readonly Manifest[], format: OutputFormat): Output {
	if (format === "json") {
		return { text: json(manifests.flatMap(valuesOf)), notes: [] };
	}
	const outputs = manifests.map((manifest) => renderOne(manifest, format));
	return {
		text: outputs.map(({ text }) => text).reduce(append, ""),
		notes: outputs.flatMap(({ notes }) => notes),
	};
}

function renderOne(manifest: Manifest, format: OutputFormat): Output {
	const isJson = /^\s*[[{]/.test(manifest.text);
	return format === "yaml" && isJson
		? { text: valuesOf(manifest).map(yaml).join("---\n"), notes: [] }
		: inPlace(manifest);
}

function valuesOf({ after }: Manifest): Json[] {
	return after.filter((value) => value !== null);
}

function inPlace({ name, text, documents, after }: Manifest): Output {
	const { text: rewritten, reprinted } = rewrite(text, documents, after);
	return {
		text: rewritten,
		notes: reprinted.map(
			(index) =>
				`${name}: document ${index + 1} had to be written anew, without its comments (it uses aliases)`,
		),
	};
}

/** One object, or as kubectl does it a List of them: several in a row would be no JSON text. */
function json(values: readonly Json[]): string {
	const [first, ...others] = values;
	if (first === undefined) {
		return "";
	}
	const value = others.length === 0 ? first : { apiVersion: "v1", kind: "List", items: values };
	return `${JSON.stringify(value, null, 2)}\n`;
}

function yaml(value: Json): string {
	return stringify(value, writeOptions);
}

/**
 * Files that end in the middle of a line, or begin with a document, need something between them. A byte order mark is
 * one at the beginning alone.
 */
function append(before: string, text: string): string {
	const next = before === "" ? text : text.replace(/^\ufeff/, "");
	if (before === "" || next === "") {
		return before + next;
	}
	const ended = before.endsWith("\n") ? before : `${before}\n`;
	const isSeparated = /^---\s/.test(next) || /(?:^|\n)---\s*\n$/.test(ended) || /^\s*[[{]/.test(next);
	return isSeparated ? ended + next : `${ended}---\n${next}`;
}
