import { lex, type Token, type TokenKind } from "./lexer.ts";
import { type Source, syntaxError, type TemplateError } from "./template-error.ts";

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
