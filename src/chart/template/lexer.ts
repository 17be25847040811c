import { lexAction } from "./lex-action.ts";
import type { Source } from "./source.ts";
import { syntaxError } from "./template-error.ts";
import type { Token } from "./token.ts";

/** Splits a template into text and the words of its actions, white space already trimmed where `-` asks for it. */
export function lex(source: Source): Token[] {
	const lexer = new Lexer(source);
	lexer.run();
	return lexer.tokens;
}

class Lexer {
	readonly tokens: Token[] = [];
	readonly #source: Source;
	readonly #text: string;
	#at = 0;

	constructor(source: Source) {
		this.#source = source;
		this.#text = source.text;
	}

	run(): void {
		while (this.#at < this.#text.length) {
			const left = this.#text.indexOf("{{", this.#at);
			this.#pushText(left < 0 ? this.#text.length : left);
			if (left < 0) {
				break;
			}
			this.#at = left;
			if (/^\{\{(?:-[ \t\r\n])?\/\*/.test(this.#text.slice(left, left + 6))) {
				this.#skipComment();
			} else {
				this.#lexAction();
			}
		}
		this.tokens.push({ kind: "end of file", text: "EOF", offset: this.#text.length });
	}

	#pushText(end: number): void {
		const trimmed = /^\{\{-[ \t\r\n]/.test(this.#text.slice(end, end + 4));
		const text = this.#text.slice(this.#at, end);
		const kept = trimmed ? text.slice(0, text.length - trailingSpace(text)) : text;
		if (kept !== "") {
			this.tokens.push({ kind: "text", text: kept, offset: this.#at });
		}
	}

	#skipComment(): void {
		const end = this.#text.indexOf("*/", this.#text.indexOf("/*", this.#at) + 2);
		if (end < 0) {
			throw syntaxError(this.#source, this.#at, "unclosed comment");
		}
		const closing = /^(?:[ \t\r\n]-)?\}\}/.exec(this.#text.slice(end + 2, end + 6));
		if (closing === null) {
			throw syntaxError(this.#source, this.#at, "comment ends before closing delimiter");
		}
		this.#leave(end + 2 + closing[0].length, closing[0].length > 2);
	}

	#lexAction(): void {
		const trims = /^\{\{-[ \t\r\n]/.test(this.#text.slice(this.#at, this.#at + 4));
		this.tokens.push({ kind: "left delimiter", text: "{{", offset: this.#at });
		const { end, trimsAfter } = lexAction(this.#source, this.#at + (trims ? 4 : 2), this.tokens);
		this.#leave(end, trimsAfter);
	}

	#leave(end: number, trims: boolean): void {
		this.#at = end;
		while (trims && isTemplateSpace(this.#text.charCodeAt(this.#at))) {
			this.#at++;
		}
	}
}

function trailingSpace(text: string): number {
	let count = 0;
	while (isTemplateSpace(text.charCodeAt(text.length - 1 - count))) {
		count++;
	}
	return count;
}

function isTemplateSpace(unit: number): boolean {
	return unit === 0x20 || unit === 0x09 || unit === 0x0d || unit === 0x0a;
}
