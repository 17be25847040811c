import { deepEqual } from "../../src/inject/deep-equal.ts";
import { isArray, isObject, type Json, type JsonObject } from "../../src/inject/json.ts";

/** The next of a list of random choices, below `bound`; 0 when there are no more. */
export type Choose = (bound: number) => number;

export function chooser(choices: readonly number[]): Choose {
	let at = 0;
	return (bound) => (choices[at++] ?? 0) % bound;
}

/** Writes YAML as people do who repeat themselves: anchors, aliases where a value comes again, merges, comments. */
export class AnchoredWriter {
	readonly #choose: Choose;
	readonly #anchors: { readonly name: string; readonly value: Json }[] = [];
	comments = 0;

	constructor(choose: Choose) {
		this.#choose = choose;
	}

	document(value: JsonObject): string {
		return `${this.#comment("")}${this.#map(value, 0)}`;
	}

	/** What follows `key:` or a dash, to the end of its last line. */
	#value(value: Json, column: number): string {
		if ((!isArray(value) && !isObject(value)) || Object.keys(value).length === 0) {
			return ` ${JSON.stringify(value)}${this.#remark()}\n`;
		}
		const alias = this.#aliasFor(value);
		if (alias !== undefined) {
			return ` ${alias}${this.#remark()}\n`;
		}
		const isFlow = this.#choose(4) === 0;
		const text = isFlow
			? ` ${this.#flow(value)}${this.#remark()}\n`
			: `${this.#remark()}\n${isArray(value) ? this.#list(value, column) : this.#map(value, column + 2)}`;
		// Only what is complete can be repeated, and an anchor stands before what it names.
		return this.#anchored(value, text);
	}

	#anchored(value: Json, text: string): string {
		if (this.#choose(2) !== 0) {
			return text;
		}
		const name = `a${this.#anchors.length}`;
		this.#anchors.push({ name, value });
		return ` &${name}${text}`;
	}

	#aliasFor(value: Json): string | undefined {
		const known = this.#anchors.find((anchor) => deepEqual(anchor.value, value));
		return known !== undefined && this.#choose(4) !== 1 ? `*${known.name}` : undefined;
	}

	#map(value: JsonObject, column: number): string {
		const indent = " ".repeat(column);
		const entries = Object.entries(value);
		const merged = entries.length > 1 && this.#choose(3) === 0 ? this.#merge(value) : undefined;
		const written = entries.filter(([key]) => merged === undefined || !Object.hasOwn(merged.value, key));
		return [
			...(merged === undefined ? [] : [`${indent}<<: ${merged.text}${this.#remark()}\n`]),
			...written.map(
				([key, item]) =>
					`${this.#comment(indent)}${indent}${JSON.stringify(key)}:${this.#value(item, column)}`,
			),
		].join("");
	}

	/** Some of a map's keys from elsewhere; one at least stays, so that there are lines. */
	#merge(value: JsonObject): { readonly text: string; readonly value: JsonObject } {
		const known = this.#anchors.find(
			(anchor) =>
				isObject(anchor.value) &&
				Object.keys(anchor.value).length < Object.keys(value).length &&
				Object.entries(anchor.value).every(
					([key, item]) => Object.hasOwn(value, key) && deepEqual(value[key] ?? null, item),
				),
		);
		if (known !== undefined && isObject(known.value)) {
			return { text: this.#choose(2) === 0 ? `*${known.name}` : `[*${known.name}, {}]`, value: known.value };
		}
		const [first = ["", null]] = Object.entries(value);
		const part = Object.fromEntries([first]);
		const text = this.#flow(part);
		return { text: this.#choose(2) === 0 ? text : `[${text}]`, value: part };
	}

	#list(value: readonly Json[], column: number): string {
		const indent = " ".repeat(column);
		return value
			.map((item) => {
				if (isObject(item) && Object.keys(item).length > 0 && this.#choose(3) !== 0) {
					const lines = this.#map(item, column + 2);
					return lines.trimStart().startsWith("#")
						? `${indent}-\n${lines}`
						: `${indent}- ${lines.slice(column + 2)}`;
				}
				return `${indent}-${this.#value(item, column + 2)}`;
			})
			.join("");
	}

	#flow(value: Json): string {
		const alias = isArray(value) || isObject(value) ? this.#aliasFor(value) : undefined;
		if (alias !== undefined) {
			return `${alias} `;
		}
		if (isArray(value)) {
			return `[${value.map((item) => this.#flow(item)).join(", ")}]`;
		}
		return isObject(value)
			? `{${Object.entries(value)
					.map(([key, item]) => `${JSON.stringify(key)}: ${this.#flow(item)}`)
					.join(", ")}}`
			: JSON.stringify(value);
	}

	#comment(indent: string): string {
		return this.#choose(6) === 0 ? `${indent}# remark ${this.comments++}\n` : "";
	}

	#remark(): string {
		return this.#choose(6) === 0 ? ` # remark ${this.comments++}` : "";
	}
}
