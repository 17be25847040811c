import { stringify } from "yaml";
import type { Problem } from "../../domain/problem.ts";
import { isObject, type Json } from "../../inject/json.ts";
import { Numeral } from "../../inject/numeral.ts";
import { targetsOf } from "../../inject/workload.ts";
import type { Input } from "./inputs.ts";
import type { Entry } from "./report.ts";
import { type Treatment, transform } from "./transform.ts";
import { jsonText } from "./yaml/json-text.ts";
import { type ListItems, listItemsOf } from "./yaml/list-items.ts";
import { readQuickly } from "./yaml/quick-reader.ts";
import { readDocument } from "./yaml/read-document.ts";
import { rewrite } from "./yaml/rewrite.ts";
import { splitDocuments } from "./yaml/split-documents.ts";
import { writeOptions } from "./yaml/write-options.ts";
import { problemsOf } from "./yaml-documents.ts";

/** How documents come out: as they are but for what changed, or printed. */
export type Form = "in place" | "json" | "yaml";

export interface TreatedFile {
	/** For `in place` the file in pieces, else a text for each document that says something. */
	readonly pieces: readonly string[];
	readonly entries: readonly Entry[];
	/** What was lost on the way. */
	readonly notes: readonly string[];
	readonly problems: readonly Problem[];
}

/** One document after the other, so that no more than one has to be in memory as anything but text. */
export function treatFile(file: Input, treat: Treatment, form: Form): TreatedFile {
	const { text, name } = file;
	const work = new FileWork(file, treat, form);
	let end = 0;
	let index = 0;
	for (const extent of splitDocuments(text)) {
		if (form === "in place") {
			work.pieces.push(text.slice(end, extent.start));
		}
		work.document(extent.start, extent.end, index);
		({ end } = extent);
		index++;
	}
	if (form === "in place") {
		work.pieces.push(text.slice(end));
	}
	return { ...work, notes: work.anew.map((document) => noteOf(name, document)) };
}

/** Whether its items count one by one, as those of a List do. */
function holdsObjects({ head }: ListItems): boolean {
	const probe = targetsOf({ ...head, items: [{ apiVersion: "v1", kind: "Pod" }] });
	return probe.length > 0 && probe.every(({ path }) => path[0] === "items");
}

function noteOf(name: string, index: number): string {
	return `${name}: document ${index + 1} had to be written anew, without its comments and anchors`;
}

class FileWork {
	readonly pieces: string[] = [];
	readonly entries: Entry[] = [];
	readonly problems: Problem[] = [];
	readonly anew: number[] = [];
	readonly #file: Input;
	readonly #treat: Treatment;
	readonly #form: Form;
	readonly #eol: "\n" | "\r\n";

	constructor(file: Input, treat: Treatment, form: Form) {
		this.#file = file;
		this.#treat = treat;
		this.#form = form;
		this.#eol = file.text.includes("\r\n") ? "\r\n" : "\n";
	}

	document(start: number, end: number, index: number): void {
		const source = this.#file.text.slice(start, end);
		const list = this.#form === "in place" ? listItemsOf(source) : undefined;
		if (list !== undefined && holdsObjects(list) && this.#list(list)) {
			return;
		}
		const reading = readDocument(source);
		if (!reading.ok) {
			this.problems.push(...problemsOf(reading.mistakes, this.#file, start));
			return;
		}
		const before = reading.root?.value ?? null;
		const { value: after, entries } = transform(before, this.#treat);
		append(this.entries, entries);
		if (this.#form !== "in place") {
			this.#print(after);
			return;
		}
		const revision = { source, root: reading.root, before, after, eol: this.#eol, follows: index > 0 };
		const { pieces, isAnew } = rewrite(revision);
		append(this.pieces, pieces);
		if (isAnew) {
			this.anew.push(index);
		}
	}

	#print(value: Json): void {
		if (this.#form === "json" && !hasFiniteNumbers(value)) {
			const complaint = "holds .inf or .nan, which JSON has no word for";
			this.problems.push({ source: this.#file.name, complaint, accepted: "-o yaml" });
		} else if (value !== null) {
			this.pieces.push(this.#form === "json" ? jsonText(value, "  ") : stringify(value, writeOptions));
		}
	}

	/** A List item by item, as if each were a document; false where it has to be treated whole. */
	#list(list: ListItems): boolean {
		const pieces = [list.before];
		const entries: Entry[] = [];
		for (const source of list.items) {
			const root = readQuickly(source)?.root;
			if (root?.kind !== "seq" || root.items.length !== 1) {
				return false;
			}
			const before = root.value;
			const treated = transform({ ...list.head, items: before }, this.#treat);
			const after = isObject(treated.value) ? (treated.value["items"] ?? null) : null;
			const rewritten = rewrite({ source, root, before, after, eol: this.#eol, follows: false });
			if (rewritten.isAnew) {
				return false;
			}
			pieces.push(...rewritten.pieces);
			entries.push(...treated.entries);
		}
		pieces.push(list.behind);
		append(this.pieces, pieces);
		append(this.entries, entries);
		return true;
	}
}

function hasFiniteNumbers(value: Json): boolean {
	return typeof value === "object" && value !== null && !(value instanceof Numeral)
		? Object.values(value).every(hasFiniteNumbers)
		: typeof value !== "number" || Number.isFinite(value);
}

/** There may be more of them than a call takes arguments. */
function append<T>(to: T[], items: readonly T[]): void {
	for (const item of items) {
		to.push(item);
	}
}
