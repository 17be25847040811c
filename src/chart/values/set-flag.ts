import { JsonError, readJson } from "../go/json.ts";
import { type LargeIntegers, parseDecimal64 } from "../go/number.ts";
import { isSpace } from "../go/text.ts";
import type { GoMap, Value } from "../go/value.ts";
import { RuneReader } from "./rune-reader.ts";

/** A `--set` expression that cannot be read. */
export class SetError extends Error {
	override readonly name = "SetError";
}

/** How the text behind an equals sign becomes a value; JSON, with exact integers or as Helm has them, reads it itself. */
export type ReadValue = ((text: string) => Value) | "json" | "exact json";

/** As in Helm, which guards against `--set a[99999999]=x` and `--set a.b.c…`. */
const maxIndex = 65_536;
const maxDepth = 30;

/** Where the expression ended, if it did. */
type Progress = "more" | "end";

/**
 * Applies `a.b=c,d[0].e=f,g={h,i}` to values (package strvals). Keys are set one after the other: what comes before a
 * mistake is set when it throws {@link SetError}. `\` takes the next character for itself.
 */
export function applySet(expression: string, values: GoMap, readValue: ReadValue): void {
	const parser = new SetParser(new RuneReader(expression), readValue);
	while (parser.key(values, 0) === "more") {
		// The loop is the whole of it: every key does its own setting.
	}
}

/** `true`, `false`, `null` in any case, and decimal integers without leading zeros; everything else is text. */
export function typedValue(text: string): Value {
	switch (text.toLowerCase()) {
		case "true":
			return true;
		case "false":
			return false;
		case "null":
			return null;
		case "0":
			return 0n;
		default: {
			const number = text.startsWith("0") ? undefined : parseDecimal64(text);
			return number ?? text;
		}
	}
}

class SetParser {
	readonly #in: RuneReader;
	readonly #readValue: ReadValue;

	constructor(reader: RuneReader, readValue: ReadValue) {
		this.#in = reader;
		this.#readValue = readValue;
	}

	key(data: GoMap, depth: number): Progress {
		const { text: name, stop } = this.#in.until("=[,.");
		switch (stop) {
			case "=":
				return this.#assign((value) => setKey(data, name, value));
			case "[":
				return this.#indexed(data, name, depth);
			case ".":
				return this.#nested(data, name, depth + 1);
			case ",":
				setKey(data, name, "");
				throw new SetError(`key "${name}" has no value (cannot end with ,)`);
			default:
				if (name !== "") {
					throw new SetError(`key "${name}" has no value`);
				}
				return "end";
		}
	}

	#indexed(data: GoMap, name: string, depth: number): Progress {
		const index = this.#index();
		const present = data.get(name);
		if (data.has(name) && !Array.isArray(present)) {
			throw new SetError(`"${name}" is not a list`);
		}
		const target = Array.isArray(present) ? [...present] : [];
		const progress = this.#item(target, index, depth);
		setKey(data, name, target);
		return progress;
	}

	#nested(data: GoMap, name: string, depth: number): Progress {
		if (depth > maxDepth) {
			throw new SetError(
				`value name nested level is greater than maximum supported nested level of ${maxDepth}`,
			);
		}
		const present = data.get(name);
		if (data.has(name) && !(present instanceof Map)) {
			throw new SetError(`"${name}" is not a map`);
		}
		const inner = present instanceof Map ? present : (new Map() as GoMap);
		const progress = this.key(inner, depth);
		if (inner.size > 0) {
			setKey(data, name, inner);
		} else if (progress === "more") {
			throw new SetError(`key map "${name}" has no value`);
		}
		return progress;
	}

	#index(): number {
		const { text, stop } = this.#in.until("]");
		const number = stop === undefined ? undefined : parseDecimal64(text);
		if (number === undefined) {
			throw new SetError(`error parsing index: "${text}" is not a number in brackets`);
		}
		if (number < 0n) {
			throw new SetError(`negative ${number} index not allowed`);
		}
		return Number(number);
	}

	/** What follows `name[index]`. */
	#item(items: Value[], index: number, depth: number): Progress {
		const { text, stop } = this.#in.until("[.=");
		if (text !== "") {
			throw new SetError(`unexpected data at end of array index: "${text}"`);
		}
		switch (stop) {
			case "=":
				return this.#assign((value) => setItem(items, index, value));
			case "[":
				return this.#itemOfItem(items, index, depth);
			case ".":
				return this.#keyOfItem(items, index, depth);
			default:
				return "end";
		}
	}

	#itemOfItem(items: Value[], index: number, depth: number): Progress {
		const inner = this.#index();
		const present = items[index] ?? [];
		if (!Array.isArray(present)) {
			throw new SetError(`item ${index} is not a list`);
		}
		const target = [...present];
		const progress = this.#item(target, inner, depth);
		if (progress === "more") {
			setItem(items, index, target);
		}
		return progress;
	}

	/** An item that is no map is replaced by one. */
	#keyOfItem(items: Value[], index: number, depth: number): Progress {
		const present = items[index];
		const inner = present instanceof Map ? present : (new Map() as GoMap);
		if (index < items.length) {
			items[index] = inner;
		}
		const progress = this.key(inner, depth);
		if (progress === "more") {
			setItem(items, index, inner);
		}
		return progress;
	}

	/** The value behind an equals sign, and the comma behind that. */
	#assign(set: (value: Value) => void): Progress {
		if (typeof this.#readValue === "string") {
			set(this.#json(this.#readValue === "json" ? "rounded" : "exact"));
			return "more";
		}
		const next = this.#in.peek();
		if (next === undefined) {
			set("");
			return "end";
		}
		if (next === "{") {
			this.#in.next();
			set(this.#list(this.#readValue));
		} else {
			set(this.#readValue(this.#in.until(",").text));
		}
		return "more";
	}

	/** `{a,b}`, the brace already behind us. */
	#list(readValue: (text: string) => Value): Value[] {
		const items: Value[] = [];
		for (;;) {
			const { text, stop } = this.#in.until(",}");
			if (stop === undefined) {
				throw new SetError("list must terminate with '}'");
			}
			items.push(readValue(text));
			if (stop === "}") {
				if (this.#in.peek() === ",") {
					this.#in.next();
				}
				return items;
			}
		}
	}

	#json(largeIntegers: LargeIntegers): Value {
		if (this.#skipEmpty()) {
			return null;
		}
		const { value, length } = readPrefix(this.#in.rest(), largeIntegers);
		this.#in.skip(length);
		this.#skipEmpty();
		return value;
	}

	/** Spaces up to a comma, which is consumed, or the end; false before anything else. */
	#skipEmpty(): boolean {
		for (;;) {
			const rune = this.#in.peek();
			if (rune === undefined || rune === ",") {
				this.#in.next();
				return true;
			}
			if (!isSpace(rune)) {
				return false;
			}
			this.#in.next();
		}
	}
}

/** An empty name sets nothing. */
function setKey(data: GoMap, name: string, value: Value): void {
	if (name !== "") {
		data.set(name, value);
	}
}

function setItem(items: Value[], index: number, value: Value): void {
	if (index > maxIndex) {
		throw new SetError(`index of ${index} is greater than maximum supported index of ${maxIndex}`);
	}
	while (items.length <= index) {
		items.push(null);
	}
	items[index] = value;
}

/** The JSON value that ends before the first comma before which one can end, or with the text. */
function readPrefix(
	text: string,
	largeIntegers: LargeIntegers,
): { readonly value: Value; readonly length: number } {
	for (let comma = text.indexOf(","); comma >= 0; comma = text.indexOf(",", comma + 1)) {
		const prefix = text.slice(0, comma);
		if (isJson(prefix)) {
			return { value: exactly(prefix, largeIntegers), length: comma };
		}
	}
	return { value: exactly(text, largeIntegers), length: text.length };
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

function exactly(text: string, largeIntegers: LargeIntegers): Value {
	try {
		return readJson(text, largeIntegers);
	} catch (error) {
		throw error instanceof JsonError ? new SetError(error.message) : error;
	}
}
