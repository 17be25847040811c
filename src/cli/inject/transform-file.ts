import type { Problem } from "../../domain/problem.ts";
import { isArray, isObject, type Json, type JsonArray, type JsonObject } from "../../inject/json.ts";
import { Numeral } from "../../inject/numeral.ts";
import { targetsOf } from "../../inject/workload.ts";
import { problemOf, readDocument, splitDocuments } from "../../yaml/documents.ts";
import type { Input } from "./inputs.ts";
import type { Entry } from "./report.ts";
import { type Transform, transformDocument } from "./transform.ts";
import { type Item, type ListItems, listItemsOf, readItem } from "./yaml/list-items.ts";
import { compactJson, compactPairs, printBlock, printYaml } from "./yaml/print.ts";
import { rewrite } from "./yaml/rewrite.ts";

/** How documents come out: as they are but for what changed, or printed. */
export type Form = "in place" | "json" | "yaml";

export interface TransformedFile {
	/** For `in place` the file in pieces. */
	readonly pieces: readonly string[];
	/** Else each document that says something, in pieces: YAML, or JSON without blanks. */
	readonly documents: readonly (readonly string[])[];
	readonly entries: readonly Entry[];
	/** What was lost on the way. */
	readonly notes: readonly string[];
	readonly problems: readonly Problem[];
}

/** One document after the other, so that no more than one has to be in memory as anything but text. */
export function transformFile(file: Input, transform: Transform, form: Form): TransformedFile {
	const { text, name } = file;
	const work = new FileWork(file, transform, form);
	let end = 0;
	let index = 0;
	for (const extent of splitDocuments(text)) {
		if (form === "in place") {
			work.pieces.push(text.slice(end, extent.start), extent.isUnseenByKubectl ? `---${work.eol}` : "");
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
function holdsObjects({ above, below }: ListItems): boolean {
	const probe = targetsOf({ ...above, ...below, items: [{ apiVersion: "v1", kind: "Pod" }] });
	return probe.length > 0 && probe.every(({ path }) => path[0] === "items");
}

function noteOf(name: string, index: number): string {
	return `${name}: document ${index + 1} had to be written anew, without its comments and anchors`;
}

class FileWork {
	readonly pieces: string[] = [];
	readonly documents: (readonly string[])[] = [];
	readonly entries: Entry[] = [];
	readonly problems: Problem[] = [];
	readonly anew: number[] = [];
	readonly #file: Input;
	readonly #transform: Transform;
	readonly #form: Form;
	readonly eol: "\n" | "\r\n";

	constructor(file: Input, transform: Transform, form: Form) {
		this.#file = file;
		this.#transform = transform;
		this.#form = form;
		this.eol = file.text.includes("\r\n") ? "\r\n" : "\n";
	}

	document(start: number, end: number, index: number): void {
		const source = this.#file.text.slice(start, end);
		const list = listItemsOf(source);
		if (list !== undefined && holdsObjects(list) && this.#list(list)) {
			return;
		}
		const reading = readDocument(source);
		if (!reading.ok) {
			this.problems.push(problemOf(reading.mistake, this.#file, start));
			return;
		}
		const before = reading.root?.value ?? null;
		const { value: after, entries } = transformDocument(before, this.#transform);
		append(this.entries, entries);
		if (this.#form !== "in place") {
			this.#print(after);
			return;
		}
		const revision = { source, root: reading.root, before, after, eol: this.eol, follows: index > 0 };
		const { pieces, isAnew } = rewrite(revision);
		append(this.pieces, pieces);
		if (isAnew) {
			this.anew.push(index);
		}
	}

	#print(value: Json): void {
		if (value !== null && this.#isPrintable(value)) {
			this.documents.push([this.#form === "json" ? compactJson(value) : printYaml(value)]);
		}
	}

	#isPrintable(value: Json): boolean {
		const isPrintable = this.#form !== "json" || hasFiniteNumbers(value);
		if (!isPrintable) {
			const complaint = "holds .inf or .nan, which JSON has no word for";
			this.problems.push({ source: this.#file.name, complaint, accepted: "-o yaml" });
		}
		return isPrintable;
	}

	/** A List item by item, as if each were a document; false where it has to be transformed whole. */
	#list(list: ListItems): boolean {
		const { before, between, behind } = surroundingsOf(list, this.#form);
		const pieces = [before];
		const entries: Entry[] = [];
		for (const [index, source] of list.items.entries()) {
			const transformed = this.#item(list, source);
			if (transformed === undefined) {
				return false;
			}
			append(pieces, index > 0 ? [between] : []);
			append(pieces, transformed.pieces);
			append(entries, transformed.entries);
		}
		pieces.push(behind);
		if (this.#form === "in place") {
			append(this.pieces, pieces);
		} else {
			this.documents.push(pieces);
		}
		append(this.entries, entries);
		return true;
	}

	#item(list: ListItems, source: string) {
		const item = readItem(list, source);
		// What is wrong with one is said with its place in the list.
		if (item?.value.some((value) => !isObject(value))) {
			return undefined;
		}
		const transformed =
			item && transformDocument({ ...list.above, ...list.below, items: item.value }, this.#transform);
		const after = isObject(transformed?.value) ? transformed.value["items"] : undefined;
		const pieces = item && isArray(after) ? this.#itemPieces(list, { ...item, source }, after) : undefined;
		return pieces && transformed && { pieces, entries: transformed.entries };
	}

	/** Undefined where it cannot be done for the item alone. */
	#itemPieces(
		{ isFlow }: ListItems,
		{ source, root, value: before }: Item & { readonly source: string },
		after: JsonArray,
	): readonly string[] | undefined {
		const [only = null] = after;
		switch (this.#form) {
			case "json":
				return hasFiniteNumbers(only) ? [compactJson(only)] : undefined;
			case "yaml":
				return [printBlock(after, 2, printedStyle)];
			case "in place": {
				const values = isFlow ? { before: before[0] ?? null, after: only } : { before, after };
				const { pieces, isAnew } = rewrite({ source, root, ...values, eol: this.eol, follows: false });
				return isAnew ? undefined : pieces;
			}
		}
	}
}

const printedStyle = { eol: "\n", indentSeq: true } as const;

/** What a list's items stand in. */
function surroundingsOf({ isFlow, before, behind, above, below }: ListItems, form: Form) {
	switch (form) {
		case "json": {
			const opening = [compactPairs(above), '"items":['].filter((text) => text !== "").join(",");
			const closing = ["]", compactPairs(below)].filter((text) => text !== "").join(",");
			return { before: `{${opening}`, between: ",", behind: `${closing}}` };
		}
		case "yaml":
			return { before: `${printKeys(above)}items:\n`, between: "", behind: printKeys(below) };
		case "in place":
			return { before, between: isFlow ? "," : "", behind };
	}
}

function printKeys(object: JsonObject): string {
	return Object.keys(object).length === 0 ? "" : printYaml(object);
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
