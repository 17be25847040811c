import { type Source, syntaxError, type TemplateError } from "./template-error.ts";

/** The words of the template language, as package text/template/parse has them; symbols are their own kinds. */
export type TokenKind = Name | "text" | "left delimiter" | "right delimiter" | Sign | "end of file";
type Name = "identifier" | "keyword" | "field" | "variable" | "dot" | "bool" | "number" | "string";
type Sign = "|" | "(" | ")" | "=" | ":=" | ",";

export interface Token {
	readonly kind: TokenKind;
	readonly text: string;
	/** Where it begins in the source, in UTF-16 units. */
	readonly offset: number;
	/** Whether a space stands before it. */
	readonly spaced?: boolean;
}

const keywords = new Set("block break continue define else end if range nil template with".split(" "));

const opening = /\{\{(?:-[ \t\r\n]+)?/y;
const closing = /(?:[ \t\r\n]-)?\}\}/y;
const comment = /\{\{(?:-[ \t\r\n])?\/\*/y;
/** A space that belongs to ` -}}` is not a space between words. */
const space = /(?:[ \t\r\n](?!-\}\}))+/y;
const string = /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/y;
const number = /[+-]?\d+(?:\.\d+)?/y;
const name = /[.$]?[\p{L}\p{Nd}_]+|[.$]/uy;
const symbol = /:=|[|()=,]/y;
/** What may stand right behind a name or a number. */
const ending = /[ \t\r\n.,|:()]|\}\}|$/y;

/** Splits a template into text and the words of its actions, white space already trimmed where `-` asks for it. */
export function lex(source: Source): Token[] {
	const { text } = source;
	const tokens: Token[] = [];
	let at = 0;
	while (at < text.length) {
		const left = text.indexOf("{{", at);
		const end = left < 0 ? text.length : left;
		const trims = /^\{\{-[ \t\r\n]/.test(text.slice(end, end + 4));
		const kept = trims ? text.slice(at, end).replace(/(?<![ \t\r\n])[ \t\r\n]+$/, "") : text.slice(at, end);
		if (kept !== "") {
			tokens.push({ kind: "text", text: kept, offset: at });
		}
		at = left < 0 ? end : new ActionLexer(source, left, tokens).run();
	}
	tokens.push({ kind: "end of file", text: "EOF", offset: text.length });
	return tokens;
}

/** One action or comment, from its braces to where the text after it begins. */
class ActionLexer {
	readonly #source: Source;
	readonly #tokens: Token[];
	#at: number;
	#depth = 0;
	#spaced = false;

	constructor(source: Source, at: number, tokens: Token[]) {
		this.#source = source;
		this.#at = at;
		this.#tokens = tokens;
	}

	run(): number {
		if (this.#match(comment) !== undefined) {
			this.#skipComment();
		} else {
			this.#push("left delimiter", "{{", this.#match(opening)?.length);
			while (this.#depth > 0 || this.#match(closing) === undefined) {
				this.#word();
			}
			this.#push("right delimiter", "}}", 0);
		}
		const close = this.#match(closing) ?? "";
		this.#at += close.length;
		return close.length > 2 ? this.#at + (/^[ \t\r\n]*/.exec(this.#rest())?.[0].length ?? 0) : this.#at;
	}

	#skipComment(): void {
		const start = this.#at;
		const end = this.#source.text.indexOf("*/", start + (this.#match(comment)?.length ?? 0));
		if (end < 0) {
			throw syntaxError(this.#source, start, "unclosed comment");
		}
		this.#at = end + 2;
		if (this.#match(closing) === undefined) {
			throw syntaxError(this.#source, start, "comment ends before closing delimiter");
		}
	}

	#word(): void {
		const blank = this.#match(space) ?? "";
		this.#at += blank.length;
		this.#spaced = blank !== "";
		const literal = this.#match(string);
		const sign = this.#match(symbol) as TokenKind | undefined;
		if (this.#match(closing) !== undefined && this.#depth === 0) {
			return;
		}
		if (this.#at >= this.#source.text.length || this.#match(closing) !== undefined) {
			throw this.#error(this.#depth > 0 && this.#rest() !== "" ? "unclosed left paren" : "unclosed action");
		}
		if (literal !== undefined) {
			this.#push("string", literal);
		} else if (sign !== undefined) {
			this.#symbol(sign);
		} else {
			this.#name();
		}
	}

	#symbol(sign: TokenKind): void {
		this.#depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
		if (this.#depth < 0) {
			throw this.#error("unexpected right paren");
		}
		this.#push(sign, sign);
	}

	#name(): void {
		const digits = this.#match(number);
		const word = digits ?? this.#match(name);
		if (word === undefined || /^\.\d/.test(word)) {
			const first = this.#rest().charAt(0);
			throw this.#error(
				first === '"' || first === "`"
					? "unterminated quoted string"
					: `unexpected ${JSON.stringify(first)} in action`,
			);
		}
		this.#push(digits === undefined ? nameKind(word) : "number", word);
		if (this.#match(ending) === undefined) {
			throw this.#error(`bad character ${JSON.stringify(this.#rest().charAt(0))} after ${word}`);
		}
	}

	#push(kind: TokenKind, text: string, length = text.length): void {
		this.#tokens.push({ kind, text, offset: this.#at, spaced: this.#spaced });
		this.#at += length;
	}

	#match(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.#at;
		return pattern.exec(this.#source.text)?.[0];
	}

	#rest(): string {
		return this.#source.text.slice(this.#at);
	}

	#error(message: string): Error {
		return syntaxError(this.#source, this.#at, message);
	}
}

function nameKind(word: string): TokenKind {
	if (word === "." || word.startsWith(".")) {
		return word === "." ? "dot" : "field";
	}
	if (word.startsWith("$")) {
		return "variable";
	}
	return keywords.has(word) ? "keyword" : word === "true" || word === "false" ? "bool" : "identifier";
}

/** The words of one source, looked at ahead as far as needed. */
export class TokenStream {
	readonly #source: Source;
	readonly #tokens: readonly Token[];
	#at = 0;

	constructor(source: Source) {
		this.#source = source;
		this.#tokens = lex(source);
	}

	peek(ahead = 0): Token {
		return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
	}

	next(): Token {
		const token = this.peek();
		this.#at++;
		return token;
	}

	/** True before an action that begins with this keyword. */
	atKeyword(keyword: string): boolean {
		const word = this.peek(1);
		return this.peek().kind === "left delimiter" && word.kind === "keyword" && word.text === keyword;
	}

	expect(kind: TokenKind, context: string): Token {
		const token = this.next();
		if (token.kind !== kind) {
			throw this.unexpected(token, context);
		}
		return token;
	}

	unexpected(token: Token, context: string): TemplateError {
		const { kind, text } = token;
		const shown = kind === "end of file" ? "EOF" : kind === "keyword" ? `<${text}>` : JSON.stringify(text);
		return this.error(token, `unexpected ${shown} in ${context}`);
	}

	error({ offset }: Token, message: string): TemplateError {
		return syntaxError(this.#source, offset, message);
	}
}
