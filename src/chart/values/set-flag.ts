import { attempt } from "../../domain/attempt.ts";
import { JsonError, readJson } from "../go/json.ts";
import { type LargeIntegers, parseDecimal64 } from "../go/number.ts";
import type { GoMap, Value } from "../go/value.ts";

/** A `--set` expression that cannot be read. */
export class SetError extends Error {
	override readonly name = "SetError";
}

/** How the text behind an equals sign becomes a value; JSON, with exact integers or as Helm has them, reads it itself. */
export type ReadValue = ((text: string) => Value) | "json" | "exact json";

/** What is said of a key without a name: Helm drops it and its value, as where a script's variable for it is empty. */
export type NamelessKeys = "dropped" | "refused";

/** As in Helm, which guards against `--set a[99999999]=x` and `--set a.b.c…`. */
const maxIndex = 65_536;
const maxDepth = 30;

/**
 * Applies `a.b=c,d[0].e=f,g={h,i}` to values (package strvals). Keys are set one after the other: what comes before a
 * mistake is set when it throws {@link SetError}. `\` takes the next character for itself.
 */
export function applySet(
	expression: string,
	values: GoMap,
	readValue: ReadValue,
	namelessKeys: NamelessKeys = "dropped",
): void {
	const parser = new SetParser(expression, readValue, namelessKeys);
	while (!parser.isDone() && parser.key(values, 0)) {
		// The loop is the whole of it: every key does its own setting.
	}
}

/** `true`, `false`, `null` in any case, and decimal integers without leading zeros; everything else is text. */
export function typedValue(text: string): Value {
	const words: Readonly<Record<string, Value>> = { true: true, false: false, null: null };
	const word = text.toLowerCase();
	if (Object.hasOwn(words, word)) {
		return words[word];
	}
	return text !== "0" && text.startsWith("0") ? text : (parseDecimal64(text) ?? text);
}

/** Its methods answer whether more may follow; where it may not, Helm leaves some lists as they were. */
class SetParser {
	readonly #text: string;
	readonly #readValue: ReadValue;
	readonly #namelessKeys: NamelessKeys;
	#at = 0;

	constructor(text: string, readValue: ReadValue, namelessKeys: NamelessKeys) {
		this.#text = text;
		this.#readValue = readValue;
		this.#namelessKeys = namelessKeys;
	}

	/** Behind a last comma there may be nothing. */
	isDone(): boolean {
		return this.#at >= this.#text.length;
	}

	key(data: GoMap, depth: number): boolean {
		const { text: name, stop } = this.#until("=[,.");
		if (name === "" && this.#namelessKeys === "refused") {
			throw new SetError("there is no key where one belongs");
		}
		switch (stop) {
			case "=":
				return this.#assign((value) => setKey(data, name, value));
			case "[":
				return this.#indexed(data, name, depth);
			case ".":
				return this.#nested(data, name, depth + 1);
			case ",":
				throw new SetError(`key "${name}" has no value (cannot end with ,)`);
			default:
				if (name !== "") {
					throw new SetError(`key "${name}" has no value`);
				}
				return false;
		}
	}

	#indexed(data: GoMap, name: string, depth: number): boolean {
		const index = this.#index();
		const items = data.has(name) ? listOf(data.get(name), `"${name}"`) : [];
		const more = this.#item(items, index, depth);
		setKey(data, name, items);
		return more;
	}

	#nested(data: GoMap, name: string, depth: number): boolean {
		if (depth > maxDepth) {
			throw new SetError(
				`value name nested level is greater than maximum supported nested level of ${maxDepth}`,
			);
		}
		const inner: Value = data.has(name) ? data.get(name) : new Map();
		if (!(inner instanceof Map)) {
			throw new SetError(`"${name}" is not a map`);
		}
		const more = this.key(inner, depth);
		if (inner.size > 0) {
			setKey(data, name, inner);
		} else if (more) {
			throw new SetError(`key map "${name}" has no value`);
		}
		return more;
	}

	#index(): number {
		const { text, stop } = this.#until("]");
		const number = stop === undefined ? undefined : parseDecimal64(text);
		if (number === undefined) {
			throw new SetError(`error parsing index: "${text}" is not a number in brackets`);
		}
		if (number < 0n || number > maxIndex) {
			throw new SetError(
				number < 0n
					? `negative ${number} index not allowed`
					: `index of ${number} is greater than maximum supported index of ${maxIndex}`,
			);
		}
		return Number(number);
	}

	/** What follows `name[index]`. */
	#item(items: Value[], index: number, depth: number): boolean {
		const { text, stop } = this.#until("[.=");
		if (text !== "") {
			throw new SetError(`unexpected data at end of array index: "${text}"`);
		}
		if (stop === undefined) {
			return false;
		}
		if (stop === "=") {
			return this.#assign((value) => setItem(items, index, value));
		}
		const present = items[index];
		if (stop === "[") {
			const innerIndex = this.#index();
			const inner = listOf(present ?? [], `item ${index}`);
			return this.#item(inner, innerIndex, depth) && setItem(items, index, inner);
		}
		// An item that is no map is replaced by one.
		const inner: GoMap = present instanceof Map ? present : new Map();
		if (index < items.length) {
			items[index] = inner;
		}
		return this.key(inner, depth) && setItem(items, index, inner);
	}

	/** The value behind an equals sign, and the comma behind that. */
	#assign(set: (value: Value) => void): boolean {
		if (typeof this.#readValue === "string") {
			set(this.#json(this.#readValue === "json" ? "rounded" : "exact"));
			return true;
		}
		const isList = this.#text.charAt(this.#at) === "{";
		const isEnd = this.#at >= this.#text.length;
		this.#at += isList ? 1 : 0;
		set(isList ? this.#list(this.#readValue) : isEnd ? "" : this.#readValue(this.#until(",").text));
		return !isEnd;
	}

	/** `{a,b}`, the brace already behind us. */
	#list(readValue: (text: string) => Value): Value[] {
		const items: Value[] = [];
		for (;;) {
			const { text, stop } = this.#until(",}");
			if (stop === undefined) {
				throw new SetError("list must terminate with '}'");
			}
			items.push(readValue(text));
			if (stop === "}") {
				this.#at += this.#text.charAt(this.#at) === "," ? 1 : 0;
				return items;
			}
		}
	}

	/** The value that ends before the first comma before which one can end, or with the text; nothing is null. */
	#json(largeIntegers: LargeIntegers): Value {
		const rest = this.#text.slice(this.#at);
		const nothing = /^\s*(?:,|$)/.exec(rest)?.[0];
		let length = nothing?.length ?? rest.indexOf(",");
		while (nothing === undefined && length >= 0 && !isJson(rest.slice(0, length))) {
			length = rest.indexOf(",", length + 1);
		}
		const text = length < 0 ? rest : rest.slice(0, length);
		this.#at += text.length + (nothing === undefined && length >= 0 ? 1 : 0);
		try {
			return nothing === undefined ? readJson(text, largeIntegers) : null;
		} catch (error) {
			throw error instanceof JsonError ? new SetError(error.message) : error;
		}
	}

	/** Up to one of the stops, which is consumed; without `stop` the end came first. */
	#until(stops: string): { readonly text: string; readonly stop: string | undefined } {
		let text = "";
		while (this.#at < this.#text.length) {
			const char = this.#text.charAt(this.#at++);
			if (stops.includes(char)) {
				return { text, stop: char };
			}
			text += char === "\\" ? this.#text.charAt(this.#at++) : char;
		}
		return { text, stop: undefined };
	}
}

/** A list of its own, so that the chart's is left as it is. */
function listOf(value: Value, what: string): Value[] {
	if (!Array.isArray(value)) {
		throw new SetError(`${what} is not a list`);
	}
	return [...value];
}

/** An empty name sets nothing. */
function setKey(data: GoMap, name: string, value: Value): void {
	if (name !== "") {
		data.set(name, value);
	}
}

function setItem(items: Value[], index: number, value: Value): true {
	while (items.length <= index) {
		items.push(null);
	}
	items[index] = value;
	return true;
}

function isJson(text: string): boolean {
	return attempt(() => [JSON.parse(text)]) !== undefined;
}
