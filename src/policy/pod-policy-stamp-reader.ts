import type { Problem, Result } from "../domain/problem.ts";
import { distinct, type ItemForm } from "./annotation-list.ts";
import { itemsOfAnnotation, referenceIn } from "./pod-policy-stamp-list.ts";

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
