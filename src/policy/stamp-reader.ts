import type { Problem, Result } from "../domain/problem.ts";
import { annotationNames, type ConfigKeyName } from "./annotation-keys.ts";
import { type Annotations, findAnnotation } from "./annotations.ts";
import { distinct, type ItemForm, type ListForm, parseList } from "./field.ts";

/** The pod's, by name. */
type AnnotationOf = (name: string) => string | undefined;

type Parse<T> = (text: string, source: string) => Result<T>;

/** Reads a JSON object key by key; what nobody has read at the end is a mistake. */
export class StampReader {
	readonly #source: string;
	readonly #object: object;
	readonly #problems: Problem[];
	readonly #read: string[] = [];
	readonly #sections: StampReader[] = [];
	readonly #annotationOf: AnnotationOf;
	/** Of what is no object, nothing in it is missed. */
	readonly #isObject: boolean;

	private constructor(
		value: unknown,
		{ source, problems, annotationOf }: { source: string; problems: Problem[]; annotationOf: AnnotationOf },
	) {
		this.#source = source;
		this.#annotationOf = annotationOf;
		this.#problems = problems;
		this.#object = isObject(value) ? value : {};
		this.#isObject = isObject(value);
		if (value !== unreadable && !isObject(value)) {
			this.#problem(undefined, JSON.stringify(value), "is not an object", "{…}");
		}
	}

	static parse(text: string, source: string, annotationOf: AnnotationOf): StampReader {
		try {
			return new StampReader(JSON.parse(text), { source, problems: [], annotationOf });
		} catch {
			const problem = { source, value: text, complaint: "is not JSON", accepted: "what the injector wrote" };
			return new StampReader(unreadable, { source, problems: [problem], annotationOf });
		}
	}

	section(key: string): StampReader {
		const section = new StampReader(this.#get(key) ?? (this.#isObject ? {} : unreadable), {
			source: `${this.#source} ${key}`,
			problems: this.#problems,
			annotationOf: this.#annotationOf,
		});
		this.#sections.push(section);
		return section;
	}

	required<T>(key: string, parse: Parse<T>): T | undefined {
		if (this.#get(key) === undefined && this.#isObject) {
			this.#problem(key, undefined, "is missing", `"${key}" among the others`);
		}
		return this.optional(key, parse);
	}

	optional<T>(key: string, parse: Parse<T>): T | undefined {
		const value = this.#get(key);
		return value === undefined ? undefined : this.#item(key, value, parse);
	}

	/** An item may stand for those of an annotation. */
	list<T>(key: string, form: ItemForm<T>): readonly T[] {
		const value = this.#get(key) ?? [];
		if (!Array.isArray(value)) {
			this.#problem(key, JSON.stringify(value), "is not a list", "[…]");
			return [];
		}
		const items = value.flatMap((item: unknown) => this.#expanded(key, item));
		const isExpanded = items.length !== value.length;
		const parsed = items
			.map((item) => this.#item(key, item, form.parse))
			.filter((item) => item !== undefined);
		return isExpanded ? distinct(parsed, form.key) : parsed;
	}

	#expanded(key: string, item: unknown): unknown[] {
		const name = typeof item === "string" ? referenceIn(item) : undefined;
		if (name === undefined) {
			return [item];
		}
		const text = this.#annotationOf(name);
		if (text === undefined || text.trim() === "") {
			this.#problem(key, name, "is where it goes on, and is not at hand", "the annotation of the same pod");
			return [];
		}
		return itemsOfAnnotation(text);
	}

	/** All mistakes, from sections too. */
	finish(): Problem[] {
		for (const key of Object.keys(this.#object).filter((name) => !this.#read.includes(name))) {
			this.#problem(key, undefined, "is not known", `one of ${this.#read.join(", ")}`);
		}
		for (const section of this.#sections) {
			section.finish();
		}
		return this.#problems;
	}

	#get(key: string): unknown {
		if (!this.#read.includes(key)) {
			this.#read.push(key);
		}
		return Object.getOwnPropertyDescriptor(this.#object, key)?.value ?? undefined;
	}

	#item<T>(key: string, value: unknown, parse: Parse<T>): T | undefined {
		const text = typeof value === "string" || typeof value === "number" ? `${value}` : JSON.stringify(value);
		const parsed = parse(text, `${this.#source} ${key}`);
		if (!parsed.ok) {
			this.#problems.push(...parsed.problems);
			return undefined;
		}
		return parsed.value;
	}

	#problem(key: string | undefined, value: string | undefined, complaint: string, accepted: string): void {
		const source = key === undefined ? this.#source : `${this.#source} ${key}`;
		this.#problems.push({ source, complaint, accepted, ...(value === undefined ? {} : { value }) });
	}
}

/** Has been told of already, and cannot come out of JSON. */
const unreadable = Symbol("unreadable");

function isObject(value: unknown): value is object {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a stamp's list goes on in an annotation of the same pod. No port, subnet, user or interface is spelt so. */
const mark = "annotation ";

/** A list up to this length stands in the stamp itself, where people read it. */
const longText = 2000;

/** Which is never longer: no item has more letters than an IPv6 address with its prefix. */
const fewItems = 40;

interface StampList<T> {
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
function referenceIn(text: string): string | undefined {
	return text.startsWith(mark) ? text.slice(mark.length) : undefined;
}

/** The items of an annotation, one text each. */
function itemsOfAnnotation(text: string): string[] {
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
