import { isLargeInteger, keepInteger, type LargeIntegers } from "../go/large-integer.ts";
import { normalize, toWellFormed } from "../go/utf8.ts";
import { GoMap, list, type Value } from "../go/value.ts";
import { complainAboutScalar, unexpected, unexpectedEnd } from "./complain.ts";
import { JsonError } from "./write-json.ts";

const space = /[ \t\r\n]*/y;
const numeral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids control characters inside of strings
const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const words: readonly (readonly [string, Value])[] = [
	["null", null],
	["true", true],
	["false", false],
];
/** encoding/json stops at the same depth. */
const maxDepth = 10_000;

/** Reads the whole text as one JSON value; numbers become float64. Throws {@link JsonError}. */
export function readJson(source: string): Value {
	const { value, end } = readJsonPrefix(source, 0);
	const rest = skip(space, source, end);
	if (rest < source.length) {
		throw unexpected(source, rest, "after top-level value");
	}
	return value;
}

/** Reads one JSON value from `start`, whatever follows it. */
export function readJsonPrefix(
	source: string,
	start: number,
	largeIntegers: LargeIntegers = "rounded",
): { readonly value: Value; readonly end: number } {
	const reader = new Reader(source, start, largeIntegers);
	const value = reader.value(0);
	return { value, end: reader.at };
}

class Reader {
	readonly #source: string;
	readonly #largeIntegers: LargeIntegers;
	at: number;

	constructor(source: string, start: number, largeIntegers: LargeIntegers) {
		this.#source = source;
		this.#largeIntegers = largeIntegers;
		this.at = start;
	}

	value(depth: number): Value {
		if (depth > maxDepth) {
			throw new JsonError("exceeded max depth");
		}
		this.#skipSpace();
		switch (this.#source.charAt(this.at)) {
			case "{":
				return this.#object(depth);
			case "[":
				return this.#array(depth);
			case '"':
				return this.#string();
			default:
				return this.#scalar();
		}
	}

	#object(depth: number): GoMap {
		const map = new GoMap();
		this.#members("}", "after object key:value pair", () => {
			this.#skipSpace();
			const key = this.#key();
			this.#colon();
			map.entries.set(key, this.value(depth + 1));
		});
		return map;
	}

	#array(depth: number): Value {
		const items: Value[] = [];
		this.#members("]", "after array element", () => items.push(this.value(depth + 1)));
		return list(items);
	}

	#members(close: string, context: string, member: () => void): void {
		this.at++;
		this.#skipSpace();
		if (this.#source.charAt(this.at) === close) {
			this.at++;
			return;
		}
		for (;;) {
			member();
			this.#skipSpace();
			const char = this.#source.charAt(this.at);
			if (char !== "," && char !== close) {
				throw this.#unexpected(context);
			}
			this.at++;
			if (char === close) {
				return;
			}
		}
	}

	#key(): string {
		if (this.#source.charAt(this.at) !== '"') {
			throw this.#unexpected("looking for beginning of object key string");
		}
		return this.#string();
	}

	#colon(): void {
		this.#skipSpace();
		if (this.#source.charAt(this.at) !== ":") {
			throw this.#unexpected("after object key");
		}
		this.at++;
	}

	#string(): string {
		const literal = this.#match(text);
		const parsed = JSON.parse(literal) as string;
		return normalize(literal.includes("\\u") ? toWellFormed(parsed) : parsed);
	}

	#scalar(): Value {
		const word = words.find(([name]) => this.#source.startsWith(name, this.at));
		if (word !== undefined) {
			this.at += word[0].length;
			return word[1];
		}
		const literal = this.#match(numeral);
		const number = Number(literal);
		if (!Number.isFinite(number)) {
			throw new JsonError(`json: cannot unmarshal number ${literal} into Go value of type float64`);
		}
		if (this.#largeIntegers === "exact" && isLargeInteger(literal, number)) {
			return keepInteger(literal) ?? refuseInteger(literal);
		}
		return number;
	}

	#match(pattern: RegExp): string {
		const end = skip(pattern, this.#source, this.at);
		const unfinished = pattern === numeral && /^[.eE]/.test(this.#source.charAt(end));
		if (end === this.at || unfinished) {
			throw complainAboutScalar(this.#source, this.at);
		}
		const matched = this.#source.slice(this.at, end);
		this.at = end;
		return matched;
	}

	#skipSpace(): void {
		this.at = skip(space, this.#source, this.at);
	}

	#unexpected(context: string): JsonError {
		return this.at >= this.#source.length ? unexpectedEnd() : unexpected(this.#source, this.at, context);
	}
}

function refuseInteger(literal: string): never {
	throw new JsonError(`${literal} would be rounded (want an integer of 64 bits, or quotes where it is text)`);
}

function skip(pattern: RegExp, source: string, at: number): number {
	pattern.lastIndex = at;
	const match = pattern.exec(source);
	return match === null ? at : at + match[0].length;
}
