import type { Problem, Result } from "./problem.ts";

type Parse<T> = (text: string, source: string) => Result<T>;

/** Reads a JSON object key by key; what nobody has read at the end is a mistake. */
export class StampReader {
	readonly #source: string;
	readonly #object: object;
	readonly #problems: Problem[];
	readonly #read: string[] = [];
	readonly #sections: StampReader[] = [];

	private constructor(value: unknown, source: string, problems: Problem[]) {
		this.#source = source;
		this.#problems = problems;
		this.#object = isObject(value) ? value : {};
		if (!isObject(value)) {
			this.#problem(undefined, JSON.stringify(value), "is not an object", "{…}");
		}
	}

	static parse(text: string, source: string): StampReader {
		try {
			return new StampReader(JSON.parse(text), source, []);
		} catch {
			const problem = { source, value: text, complaint: "is not JSON", accepted: "what the injector wrote" };
			return new StampReader({}, source, [problem]);
		}
	}

	section(key: string): StampReader {
		const section = new StampReader(this.#get(key) ?? {}, `${this.#source} ${key}`, this.#problems);
		this.#sections.push(section);
		return section;
	}

	required<T>(key: string, parse: Parse<T>): T | undefined {
		if (this.#get(key) === undefined) {
			this.#problem(key, undefined, "is missing", `"${key}" among the others`);
		}
		return this.optional(key, parse);
	}

	optional<T>(key: string, parse: Parse<T>): T | undefined {
		const value = this.#get(key);
		return value === undefined ? undefined : this.#item(key, value, parse);
	}

	list<T>(key: string, parse: Parse<T>): T[] {
		const value = this.#get(key) ?? [];
		if (!Array.isArray(value)) {
			this.#problem(key, JSON.stringify(value), "is not a list", "[…]");
			return [];
		}
		return value.map((item: unknown) => this.#item(key, item, parse)).filter((item) => item !== undefined);
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

function isObject(value: unknown): value is object {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
