import { lex, type Token, type TokenKind } from "./lexer.ts";
import { type Source, syntaxError, type TemplateError } from "./template-error.ts";

/** The words of one source, looked at ahead as far as needed. A "word" is any token but a space. */
export class TokenStream {
	readonly source: Source;
	readonly #tokens: readonly Token[];
	#at = 0;

	constructor(source: Source) {
		this.source = source;
		this.#tokens = lex(source);
	}

	peek(ahead = 0): Token {
		const last = this.#tokens.length - 1;
		return this.#tokens[Math.min(this.#at + ahead, last)] as Token;
	}

	next(): Token {
		const token = this.peek();
		this.#at++;
		return token;
	}

	peekWord(): Token {
		this.#skipSpace();
		return this.peek();
	}

	nextWord(): Token {
		this.#skipSpace();
		return this.next();
	}

	#skipSpace(): void {
		while (this.peek().kind === "space") {
			this.#at++;
		}
	}

	/** The first word after the one that comes next, without moving. */
	peekBeyond(): Token {
		let ahead = 1;
		while (this.peek(ahead).kind === "space") {
			ahead++;
		}
		return this.peek(ahead);
	}

	/** True before an action that begins with this keyword. */
	atKeyword(keyword: string): boolean {
		const word = this.peekBeyond();
		return this.peek().kind === "left delimiter" && word.kind === "keyword" && word.text === keyword;
	}

	expect(kind: TokenKind, context: string): Token {
		const token = this.nextWord();
		if (token.kind !== kind) {
			throw this.unexpected(token, context);
		}
		return token;
	}

	unexpected(token: Token, context: string): TemplateError {
		const shown =
			token.kind === "end of file"
				? "EOF"
				: token.kind === "keyword"
					? `<${token.text}>`
					: JSON.stringify(token.text);
		return this.error(token, `unexpected ${shown} in ${context}`);
	}

	error(token: Token, message: string): TemplateError {
		return syntaxError(this.source, token.offset, message);
	}
}
