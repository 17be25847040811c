import { parseDuration } from "../domain/duration.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { ok, type Problem, type Result } from "../domain/problem.ts";
import { type Parse, parseChoice, parseForm } from "../domain/words.ts";
import { get, isArray, isObject, type Json, type JsonObject } from "./json.ts";
import { Numeral } from "./numeral.ts";

/** Reads one object of the configuration; a key that nobody has read at the end is a mistake. */
export class ConfigSection {
	readonly #object: JsonObject;
	readonly #path: string;
	readonly #problems: Problem[];
	readonly #known: string[] = [];
	readonly #sections = new Map<string, ConfigSection>();

	constructor(value: Json | undefined, path: string, problems: Problem[]) {
		this.#path = path;
		this.#problems = problems;
		this.#object = isObject(value) ? value : {};
		if (value !== undefined && !isObject(value)) {
			this.#problem(path, value, "is not a section", "keys with values below it");
		}
	}

	section(key: string): ConfigSection {
		const section =
			this.#sections.get(key) ?? new ConfigSection(this.#get(key), this.#name(key), this.#problems);
		this.#sections.set(key, section);
		return section;
	}

	/** Numbers and texts are the same here: Helm's `--set` makes a number of what looks like one. */
	parsed<T>(key: string, parse: Parse<T>, otherwise: T): T {
		const value = this.#get(key);
		if (value === undefined || value === "") {
			return otherwise;
		}
		if (typeof value !== "string" && typeof value !== "number" && !(value instanceof Numeral)) {
			this.#problem(this.#name(key), value, "is not a text or a number", "one value");
			return otherwise;
		}
		return this.settle(parse(`${value}`.trim(), this.#name(key))) ?? otherwise;
	}

	/** A text that could be taken for a number: what a number was written as is lost (1.0, 1e3 and 0123456). */
	text<T>(key: string, parse: Parse<T>, otherwise: T): T {
		const parsed = this.parsed(key, parse, otherwise);
		this.#refuseNumber(key, this.#get(key), parse);
		return parsed;
	}

	boolean(key: string, otherwise: boolean): boolean {
		const value = this.#get(key) ?? otherwise;
		if (typeof value === "boolean") {
			return value;
		}
		this.#problem(this.#name(key), value, "is not a truth value", "true or false");
		return otherwise;
	}

	/** Separated by commas in one text, or a list. */
	items<T>(key: string, parse: Parse<T>, otherwise: string): T[] {
		const value = this.#get(key) ?? otherwise;
		const texts = isArray(value) ? value : `${isObject(value) ? JSON.stringify(value) : value}`.split(",");
		return texts
			.map((item) => (typeof item === "string" ? item : JSON.stringify(item)).trim())
			.filter((item) => item !== "")
			.map((item) => this.settle(parse(item, this.#name(key))))
			.filter((item) => item !== undefined);
	}

	/** The same of texts that could be taken for numbers. */
	textItems<T>(key: string, parse: Parse<T>, otherwise: string): T[] {
		const value = this.#get(key);
		for (const item of isArray(value) ? value : [value]) {
			this.#refuseNumber(key, item, parse);
		}
		return this.items(key, parse, otherwise);
	}

	/** A list of texts that are kept as they are; undefined where it is empty. */
	texts(key: string): string[] | undefined {
		const value = this.#get(key);
		if (value === undefined || !this.isGiven(key)) {
			return undefined;
		}
		if (isArray(value) && value.every((item) => typeof item === "string")) {
			return [...value];
		}
		this.#problem(this.#name(key), value, "is not a list of texts", '["one", "two"]');
		return undefined;
	}

	/** A list of objects of Kubernetes' own. */
	objects(key: string, required: string): JsonObject[] {
		const value = this.#get(key) ?? [];
		if (isArray(value) && value.every((item) => isObject(item) && typeof get(item, required) === "string")) {
			return value.filter(isObject);
		}
		this.#problem(
			this.#name(key),
			value,
			"has the wrong form",
			`a list of objects that each have a ${required}`,
		);
		return [];
	}

	/** An object of Kubernetes' own; undefined where it is empty. */
	object(key: string): JsonObject | undefined {
		const value = this.#get(key);
		if (value === undefined || isObject(value)) {
			return value === undefined || Object.keys(value).length === 0 ? undefined : value;
		}
		this.#problem(this.#name(key), value, "is not an object", "keys with values below it");
		return undefined;
	}

	/** As a chart's templates ask: neither absent nor empty. */
	isGiven(key: string): boolean {
		const value = this.#get(key);
		return value !== undefined && value !== "" && !(isArray(value) && value.length === 0);
	}

	/** Keys of a release that say nothing here. */
	passOver(...keys: readonly string[]): void {
		this.#known.push(...keys);
	}

	complain(key: string, complaint: string, accepted: string): void {
		this.#problem(this.#name(key), this.#get(key), complaint, accepted);
	}

	settle<T>(result: Result<T>): T | undefined {
		if (result.ok) {
			return result.value;
		}
		this.#problems.push(...result.problems);
		return undefined;
	}

	/** To be called once everything is read, on the outermost section. */
	finish(): void {
		for (const key of Object.keys(this.#object).filter((name) => !this.#known.includes(name))) {
			this.#problem(
				this.#name(key),
				undefined,
				"is not a key of this configuration",
				`one of ${this.#known.map((known) => this.#name(known)).join(", ")}`,
			);
		}
		for (const section of this.#sections.values()) {
			section.finish();
		}
	}

	#refuseNumber(key: string, value: Json | undefined, parse: Parse<unknown>): void {
		if (typeof value === "number" && parse(`${value}`, "").ok) {
			const complaint = "is what YAML makes of a number, whose text is lost";
			this.#problem(this.#name(key), value, complaint, 'text in quotes, such as "1.0"');
		}
	}

	#get(key: string): Json | undefined {
		if (!this.#known.includes(key)) {
			this.#known.push(key);
		}
		return get(this.#object, key);
	}

	#name(key: string): string {
		return this.#path === "" ? key : `${this.#path}.${key}`;
	}

	#problem(source: string, value: Json | undefined, complaint: string, accepted: string): void {
		const text = typeof value === "string" ? value : JSON.stringify(value);
		this.#problems.push({ source, complaint, accepted, ...(value === undefined ? {} : { value: text }) });
	}
}

export const parseLogFormat = parseChoice(["plain", "json"]);

/** A Kubernetes user or group id, which is a signed 32-bit number (apimachinery's IsValidUserID). */
export function parseRunAs(text: string, source: string): Result<number> {
	return parseWholeNumber(text, { source, noun: "user or group id", min: 0, max: 2 ** 31 - 1 });
}

/** RFC 1123, as Kubernetes names volumes. */
export const parseLabel = parseForm(
	/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
	"is not a name",
	"1-63 lower-case letters, digits and '-', beginning and ending with a letter or digit",
);

/** Kubernetes allows no colon in a mount path. */
export const parseMountPath = parseForm(/^\/[^:\0]*$/, "is not a mount path", "a path that begins with '/'");

/** With or without a path, and with or without a slash at its end. */
export const parseRegistry = parseForm(
	/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\/?$/,
	"is not a registry",
	"HOST, HOST:PORT or HOST/PATH, such as registry.example.com/mirror",
);

export const parseUrlPath = parseForm(/^\/\S*$/, "is not a path", "a path that begins with '/'");

export const parseSocketAddress = parseForm(
	/^(?:[\d.]{7,15}|\[[\dA-Fa-f:.]+\]):\d{1,5}$/,
	"is not an address",
	"ADDRESS:PORT, such as 192.0.2.2:20001 or [fd00::1]:20001",
);

/** Kept as it is written, since whoever waits reads it again. */
export function parseTimeout(text: string, source: string): Result<string> {
	const duration = parseDuration(text, source, 1);
	return duration.ok ? ok(text) : duration;
}
