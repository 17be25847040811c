import { annotationNames, type ConfigKeyName } from "./annotation-keys.ts";
import { parseList } from "./annotation-list.ts";
import { type Annotations, findAnnotation } from "./annotations.ts";
import type { ListForm } from "./field.ts";

/** Where a stamp's list goes on in an annotation of the same pod. No port, subnet, user or interface is spelt so. */
const mark = "annotation ";

/** A list up to this length stands in the stamp itself, where people read it. */
const longText = 2000;

/** Which is never longer: no item has more letters than an IPv6 address with its prefix. */
const fewItems = 40;

export interface StampList<T> {
	readonly key: ConfigKeyName;
	readonly form: ListForm<T>;
}

/**
 * A list as the stamp has it; nothing where it is empty. A long one that the pod's own annotation says is not said once
 * more: Kubernetes takes so many bytes of annotations and no more (see pod-size.ts in src/inject).
 */
export function stampList<T>(
	items: readonly T[],
	{ key, form }: StampList<T>,
	annotations: Annotations,
): readonly (string | number)[] | undefined {
	const printed = items.map((item) => form.format(item));
	if (items.length === 0) {
		return undefined;
	}
	if (items.length <= fewItems || JSON.stringify(printed).length <= longText) {
		return printed;
	}
	const written = findAnnotation({ prefix: "annotation", annotations }, annotationNames(key));
	if (!written.ok || written.value === undefined) {
		return printed;
	}
	const { source, text } = written.value;
	const parsed = parseList(text.replace(/^\+/, ""), source, form, []);
	const before = parsed.ok ? itemsBefore(items, parsed.value, form) : undefined;
	return before === undefined ? printed : [...before.map((item) => form.format(item)), source];
}

/**
 * How a list begins that goes on as the annotation says it; undefined where it does not. Among what comes first, such as
 * the proxy's own ports, there may be some that the annotation says too.
 */
function itemsBefore<T>(
	items: readonly T[],
	said: readonly T[],
	form: ListForm<T>,
): readonly T[] | undefined {
	const key = (item: T) => form.key(item);
	const saidKeys = new Set(said.map(key));
	const least = items.findLastIndex((item) => !saidKeys.has(key(item))) + 1;
	for (let count = least; count <= Math.min(items.length, least + mostTwice); count++) {
		const before = items.slice(0, count);
		const keys = new Set(before.map(key));
		const rest = said.filter((item) => !keys.has(key(item)));
		const isSame =
			rest.length === items.length - count &&
			rest.every((item, index) => form.format(item) === form.format(items[count + index] ?? item));
		if (isSame) {
			return before;
		}
	}
	return undefined;
}

/** The proxy has four servers, and a release exempts few ports for everybody. */
const mostTwice = 16;

/** The annotations that a stamp refers to. */
export function stampReferences(stamp: string): string[] {
	return [...stamp.matchAll(/"annotation ([^"\\]+)"/g)].map(([, name = ""]) => name);
}

/** What an item refers to; undefined where it is an item. */
export function referenceIn(text: string): string | undefined {
	return text.startsWith(mark) ? text.slice(mark.length) : undefined;
}

/** The items of an annotation, one text each. */
export function itemsOfAnnotation(text: string): string[] {
	return text
		.trim()
		.replace(/^\+/, "")
		.split(",")
		.map((item) => item.trim());
}

/** In which the validator is given such an annotation, beside the stamp. */
export function stampVariable(annotation: string): string {
	const name = annotation.slice(annotation.indexOf("/") + 1);
	return `SHUNT_REDIRECT_${name.replaceAll("-", "_").toUpperCase()}`;
}
