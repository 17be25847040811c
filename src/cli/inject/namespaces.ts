import { annotationsOf, type Json } from "../../inject/json.ts";
import { isNamespace, targetsOf } from "../../inject/workload.ts";
import type { Annotations } from "../../policy/annotations.ts";
import { readDocument, splitDocuments } from "../../yaml/documents.ts";
import type { Input } from "./inputs.ts";
import { listItemsOf, readItem } from "./yaml/list-items.ts";

/** What the namespaces among documents say, which their workloads inherit. */
export function namespacesIn(
	documents: Iterable<{ readonly value: Json }>,
): ReadonlyMap<string, Annotations> {
	const found = new Map<string, Annotations>();
	for (const { value } of documents) {
		for (const target of targetsOf(value).filter(isNamespace)) {
			found.set(target.name, annotationsOf(target.object));
		}
	}
	return found;
}

/** The same, without reading the documents that cannot hold a namespace. */
export function namespacesAmong(files: readonly Input[]): ReadonlyMap<string, Annotations> {
	return namespacesIn(candidates(files));
}

function* candidates(files: readonly Input[]): Generator<{ readonly value: Json }> {
	for (const { text } of files) {
		for (const { start, end } of mayHoldNamespaces(text) ? splitDocuments(text) : []) {
			const source = text.slice(start, end);
			if (mayHoldNamespaces(source)) {
				yield* valuesOf(source);
			}
		}
	}
}

/** What cannot be read is reported when it is to be transformed. */
function* valuesOf(source: string): Generator<{ readonly value: Json }> {
	const list = listItemsOf(source);
	const items = list?.items.filter(mayHoldNamespaces).map((item) => readItem(list, item)?.value);
	if (list !== undefined && items?.every((item) => item !== undefined)) {
		yield { value: { ...list.above, ...list.below, items: items.flat() } };
		return;
	}
	const reading = readDocument(source);
	if (reading.ok) {
		yield { value: reading.root?.value ?? null };
	}
}

/** The word in full, or escapes that may spell it. */
function mayHoldNamespaces(text: string): boolean {
	return /Namespace|\\[xuU\r\n]|!!binary/.test(text);
}
