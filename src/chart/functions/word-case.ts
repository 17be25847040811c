import { isSpace, isUpper, lowerRune, upperRune } from "../go/rune.ts";
import { toWellFormed } from "../go/utf8.ts";
import { type FunctionTable, fixed } from "./function.ts";

/** sprig's changes of word case (package xstrings), which take a number for part of the word before or after it. */
export const wordCaseFunctions: FunctionTable = {
	snakecase: fixed(["string"], (text) => separateWords(toWellFormed(text), "_")),
	kebabcase: fixed(["string"], (text) => separateWords(toWellFormed(text), "-")),
	camelcase: fixed(["string"], (text) => joinWords(toWellFormed(text))),
};

type WordKind = "number" | "upper" | "lower" | "connector" | "punctuation" | "other" | "end";

interface Word {
	readonly kind: WordKind;
	readonly text: string;
}

const lower = "(?:(?!\\p{Lu})\\p{L})";
const word = new RegExp(
	[
		"(?<connector>[-_\\s\\u0085]+)",
		"(?<punctuation>\\p{P}+)",
		`(?<upper>\\p{Lu}+(?=\\p{Lu}${lower})|\\p{Lu}{2,}|\\p{Lu}${lower}*)`,
		`(?<lower>${lower}+)`,
		"(?<number>\\p{N}+)",
		"(?<other>[^-_\\s\\p{P}\\p{L}\\p{N}]+)",
	].join("|"),
	"gu",
);
const end: Word = { kind: "end", text: "" };

function splitWords(text: string): Word[] {
	return [...text.matchAll(word)].map((match) => {
		const [kind = "other"] =
			Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
		return { kind: kind as WordKind, text: match[0] };
	});
}

function separateWords(text: string, connector: string): string {
	return new Separator(splitWords(text), connector).run();
}

class Separator {
	readonly #words: readonly Word[];
	readonly #connector: string;
	readonly #parts: string[] = [];
	#at = 0;

	constructor(words: readonly Word[], connector: string) {
		this.#words = words;
		this.#connector = connector;
	}

	run(): string {
		while (this.#at < this.#words.length - 1) {
			const previous = this.#current();
			if (previous.kind !== "connector") {
				this.#write(previous);
			}
			this.#at++;
			this.#joint(previous);
		}
		this.#write(this.#current());
		return this.#parts.join("");
	}

	/** What goes between the word before and the current one. */
	#joint(previous: Word): void {
		if (previous.kind === "connector") {
			this.#write(previous);
		} else if (previous.kind === "number") {
			this.#writeTail();
		} else if (previous.kind !== "punctuation") {
			this.#afterLetters();
		}
	}

	/** A number in the middle belongs to the word before it, unless small letters follow: `bld4_floor`, `http_2xx`. */
	#afterLetters(): void {
		const number = this.#current();
		if (number.kind !== "number") {
			this.#connect();
			return;
		}
		if (this.#at === this.#words.length - 1) {
			return;
		}
		this.#at++;
		if (this.#current().kind !== "lower") {
			this.#write(number);
			this.#connect();
			return;
		}
		this.#parts.push(this.#connector);
		this.#write(number);
		this.#writeTail();
	}

	/** Small letters and numbers that go with the number before. */
	#writeTail(): void {
		while (this.#current().kind === "lower" || this.#current().kind === "number") {
			this.#write(this.#current());
			this.#at++;
		}
		this.#connect();
	}

	#connect(): void {
		if (!["end", "connector", "punctuation"].includes(this.#current().kind)) {
			this.#parts.push(this.#connector);
		}
	}

	#current(): Word {
		return this.#words[this.#at] ?? end;
	}

	#write({ kind, text }: Word): void {
		this.#parts.push(
			kind === "connector"
				? this.#connector.repeat(Array.from(text).length)
				: Array.from(text, lowerRune).join(""),
		);
	}
}

function isConnector(char: string | undefined): boolean {
	return char === "-" || char === "_" || (char !== undefined && isSpace(char));
}

/** `http_server` to `HttpServer`; connectors at either end and all but one in the middle stay. */
function joinWords(text: string): string {
	const chars = Array.from(text);
	const start = chars.findIndex((char) => !isConnector(char));
	if (start < 0) {
		// Where there is nothing else, xstrings writes the last connector twice.
		return text + (chars.at(-1) ?? "");
	}
	const parts = chars.slice(0, start);
	let inUpper = isUpper(chars[start] ?? "");
	let pending = upperRune(chars[start] ?? "");
	for (const char of chars.slice(start + 1)) {
		if (isConnector(pending)) {
			if (isConnector(char)) {
				parts.push(pending);
				continue;
			}
			inUpper = isUpper(char);
			pending = upperRune(char);
			continue;
		}
		parts.push(pending);
		inUpper &&= isUpper(char);
		pending = inUpper ? lowerRune(char) : char;
	}
	return parts.join("") + pending;
}
