import { GoInt, GoMap, list, type Value } from "../go/value.ts";
import { plainValue, resolvePlain } from "./resolve-plain.ts";
import { Unusual } from "./unusual.ts";

const space = / */y;
const quoted = /"((?:[^"\\]|\\[nt"\\])*)"|'((?:[^']|'')*)'/y;
const plainKey = /(?:[\w./$]|-(?=[\w.]))[\w./$ -]*/y;
const plainItem = /(?:[\w./$]|-(?=[\w.]))(?:[\w./$ -]*[\w./$-])?/y;
const unescaped: Readonly<Record<string, string>> = { "\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\" };

/** A scalar or a flow collection that begins and ends on its line, with nothing but a comment behind it. */
export function readInline(text: string): Value {
	if (/^["'[{]/.test(text)) {
		const reader = new InlineReader(text);
		const value = reader.item();
		if (!/^(?: +#.*| *)$/.test(reader.rest())) {
			throw new Unusual();
		}
		return value;
	}
	const hash = text.indexOf(" #");
	const plain = (hash < 0 ? text : text.slice(0, hash)).replace(/ +$/, "");
	if (/^[&*!|>%@`?,\]}#]|^[-:](?: |$)|: |:$/.test(plain)) {
		throw new Unusual();
	}
	return resolve(plain);
}

/** A key and what follows its colon; undefined where the line is no entry of a map. */
export function readEntry(text: string): { readonly key: string; readonly rest: string } | undefined {
	const reader = new InlineReader(text);
	const key = reader.key();
	const match = key === undefined ? null : /^ *:(?: +(?!#)|(?= +#)|$)/.exec(reader.rest());
	return key === undefined || match === null
		? undefined
		: { key, rest: reader.rest().slice(match[0].length) };
}

class InlineReader {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	rest(): string {
		return this.#text.slice(this.#at);
	}

	/** Undefined where there is none; numbers and booleans as keys are for the library. */
	key(): string | undefined {
		const literal = this.#quoted();
		if (literal !== undefined) {
			return literal;
		}
		const word = this.#take(plainKey)?.trimEnd();
		const { kind } = resolvePlain(word ?? "x");
		if (kind !== "string" && kind !== "timestamp") {
			throw new Unusual();
		}
		return word;
	}

	item(): Value {
		this.#take(space);
		switch (this.#text.charAt(this.#at)) {
			case "[":
				return this.#list();
			case "{":
				return this.#map();
			default: {
				const literal = this.#quoted();
				return literal ?? resolve(this.#take(plainItem) ?? unusual());
			}
		}
	}

	#list(): Value {
		const items: Value[] = [];
		this.#members("]", () => items.push(this.item()));
		return list(items);
	}

	#map(): GoMap {
		const map = new GoMap();
		this.#members("}", () => {
			const key = this.key() ?? unusual();
			if (!this.#text.startsWith(": ", this.#at)) {
				throw new Unusual();
			}
			this.#at += 2;
			map.entries.set(key, this.item());
		});
		return map;
	}

	#members(close: string, member: () => void): void {
		this.#at++;
		this.#take(space);
		while (this.#text.charAt(this.#at) !== close) {
			member();
			this.#take(space);
			const char = this.#text.charAt(this.#at);
			if (char !== "," && char !== close) {
				throw new Unusual();
			}
			this.#at += char === "," ? 1 : 0;
			this.#take(space);
		}
		this.#at++;
	}

	#quoted(): string | undefined {
		quoted.lastIndex = this.#at;
		const match = quoted.exec(this.#text);
		if (match === null) {
			return undefined;
		}
		const [whole, double, single = ""] = match;
		this.#at += whole.length;
		return double === undefined
			? single.replaceAll("''", "'")
			: double.replace(/\\./g, (pair) => unescaped[pair] ?? pair);
	}

	#take(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#text)?.[0];
		this.#at += found?.length ?? 0;
		return found;
	}
}

function unusual(): never {
	throw new Unusual();
}

function resolve(text: string): Value {
	const value = plainValue(resolvePlain(text), text);
	const number = value instanceof GoInt ? Number(value.value) : value;
	if (typeof number === "number" && !Number.isFinite(number)) {
		throw new Unusual();
	}
	return number;
}
