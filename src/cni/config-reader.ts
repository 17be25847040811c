import type { Problem, Result } from "../domain/problem.ts";
import { distinct, type ItemForm } from "../policy/annotation-list.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Parse<T> = (text: string, source: string) => Result<T>;

/** A key that nobody asked for. */
export interface StrayKey {
	readonly source: string;
	readonly key: string;
	readonly value: unknown;
	/** Those that were asked for. */
	readonly known: readonly string[];
}

/**
 * Reads an object of a configuration key by key, and remembers every mistake. Null counts as absent, as it does to Go
 * programs.
 */
export class ConfigReader {
	readonly #object: JsonObject;
	readonly #source: string;
	readonly #problems: Problem[];
	readonly #asked = new Set<string>();

	constructor(object: JsonObject, source: string, problems: Problem[]) {
		this.#object = object;
		this.#source = source;
		this.#problems = problems;
	}

	/** Undefined where there is no such section, or something else in its place, which is a mistake. */
	section(key: string): ConfigReader | undefined {
		const value = this.value(key);
		if (value === undefined) {
			return undefined;
		}
		if (!isJsonObject(value)) {
			this.#wrong(key, value, "is not an object", "{…}");
			return undefined;
		}
		return new ConfigReader(value, this.#sourceOf(key), this.#problems);
	}

	flag(key: string): boolean | undefined {
		const value = this.value(key);
		if (value === undefined || typeof value === "boolean") {
			return value;
		}
		this.#wrong(key, value, "is not a switch", "true or false, without quotes");
		return undefined;
	}

	/** A text, or undefined. */
	text<T>(key: string, parse: Parse<T>): T | undefined {
		const value = this.value(key);
		if (value === undefined) {
			return undefined;
		}
		if (typeof value !== "string") {
			this.#wrong(key, value, "is not a text", "a text in quotes");
			return undefined;
		}
		return this.#settle(parse(value, this.#sourceOf(key)));
	}

	/** A number, also one in quotes. */
	number<T>(key: string, parse: Parse<T>): T | undefined {
		const value = this.value(key);
		return value === undefined ? undefined : this.#item(key, value, parse);
	}

	/** As {@link number}; its absence is a mistake. */
	requiredNumber<T>(key: string, parse: Parse<T>, accepted: string): T | undefined {
		if (this.value(key) === undefined) {
			this.#problems.push({ source: this.#sourceOf(key), complaint: "is missing", accepted });
		}
		return this.number(key, parse);
	}

	/** Texts or numbers, each item once; empty where there is none. */
	list<T>(key: string, form: ItemForm<T>): readonly T[] {
		const value = this.value(key) ?? [];
		if (!Array.isArray(value)) {
			this.#wrong(key, value, "is not a list", "[…]");
			return [];
		}
		const items = value
			.map((item: unknown) => this.#item(key, item, form.parse))
			.filter((item) => item !== undefined);
		return distinct(items, form.key);
	}

	/** What stands there. */
	value(key: string): unknown {
		this.#asked.add(key);
		return (Object.hasOwn(this.#object, key) ? this.#object[key] : undefined) ?? undefined;
	}

	/** What was never asked for. */
	strays(): StrayKey[] {
		const known = [...this.#asked];
		return Object.keys(this.#object)
			.filter((key) => !this.#asked.has(key))
			.map((key) => ({ source: this.#sourceOf(key), key, value: this.#object[key], known }));
	}

	#item<T>(key: string, value: unknown, parse: Parse<T>): T | undefined {
		if (typeof value !== "string" && typeof value !== "number") {
			this.#wrong(key, value, "is neither a text nor a number", "a text or a number");
			return undefined;
		}
		return this.#settle(parse(`${value}`.trim(), this.#sourceOf(key)));
	}

	#settle<T>(result: Result<T>): T | undefined {
		if (result.ok) {
			return result.value;
		}
		this.#problems.push(...result.problems);
		return undefined;
	}

	#wrong(key: string, value: unknown, complaint: string, accepted: string): void {
		const text = typeof value === "string" ? value : JSON.stringify(value);
		this.#problems.push({ source: this.#sourceOf(key), value: text, complaint, accepted });
	}

	#sourceOf(key: string): string {
		return this.#source === "" ? key : `${this.#source}.${key}`;
	}
}
