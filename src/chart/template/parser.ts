import { trimSpace, unquote } from "../go/text.ts";
import type { BranchNode, Statement, Template } from "./ast.ts";
import { type Token, TokenStream } from "./lexer.ts";
import { type FunctionCheck, PipeParser } from "./parse-pipe.ts";
import { type Source, syntaxError } from "./template-error.ts";

/**
 * Parses one file: its own text under its own name, and every `define` in it. A function that there
 * is none of is an error here, before anything is rendered, as it is in Go.
 */
export function parseTemplates(source: Source, check: FunctionCheck): Template[] {
	return new Parser(source, check).parse();
}

/** How a list of statements ended. */
interface Ending {
	readonly keyword: "end" | "else" | "end of file";
	readonly token: Token;
}

class Parser {
	readonly #source: Source;
	readonly #tokens: TokenStream;
	readonly #pipes: PipeParser;
	readonly #templates = new Map<string, Template>();

	constructor(source: Source, check: FunctionCheck) {
		this.#source = source;
		this.#tokens = new TokenStream(source);
		this.#pipes = new PipeParser(this.#tokens, check);
	}

	parse(): Template[] {
		const body: Statement[] = [];
		while (this.#tokens.peek().kind !== "end of file") {
			if (this.#tokens.atKeyword("define")) {
				this.#define();
			} else {
				const statement = this.#statement();
				if ("keyword" in statement) {
					throw this.#tokens.error(statement.token, `unexpected {{${statement.keyword}}}`);
				}
				body.push(statement);
			}
		}
		this.#add(this.#source.name, body, 0);
		return [...this.#templates.values()];
	}

	/** `{{ define "name" }} … {{ end }}`, which knows none of the variables around it. */
	#define(): void {
		this.#tokens.next();
		const { offset } = this.#tokens.next();
		const name = this.#name("define clause");
		this.#tokens.expect("right delimiter", "define clause");
		this.#add(name, this.#separateBody(), offset);
	}

	#separateBody(): Statement[] {
		return this.#pipes.inFreshScope(() => {
			const { statements, ending } = this.#statements();
			this.#expectEnd(ending);
			return statements;
		});
	}

	/** A second definition in the same file is an error, unless one of the two is blank. */
	#add(name: string, body: Statement[], offset: number): void {
		const earlier = this.#templates.get(name);
		if (earlier === undefined || isBlank(earlier.body)) {
			this.#templates.set(name, { name, source: this.#source, body });
		} else if (!isBlank(body)) {
			throw syntaxError(this.#source, offset, `multiple definition of template "${name}"`);
		}
	}

	#statements(): { statements: Statement[]; ending: Ending } {
		const statements: Statement[] = [];
		for (;;) {
			const token = this.#tokens.peek();
			if (token.kind === "end of file") {
				return { statements, ending: { keyword: "end of file", token } };
			}
			const statement = this.#statement();
			if ("keyword" in statement) {
				return { statements, ending: statement };
			}
			statements.push(statement);
		}
	}

	#statement(): Statement | Ending {
		const token = this.#tokens.next();
		if (token.kind === "text") {
			return { kind: "text", offset: token.offset, text: token.text };
		}
		const first = this.#tokens.peek();
		if (first.kind === "keyword" && first.text !== "nil") {
			this.#tokens.next();
			return this.#control(first);
		}
		return { kind: "action", offset: first.offset, pipe: this.#pipes.pipe("command", "right delimiter") };
	}

	#control(word: Token): Statement | Ending {
		switch (word.text) {
			case "if":
			case "with":
			case "range":
				return this.#branch(word.text);
			case "break":
			case "continue":
			case "template":
			case "block":
				throw this.#tokens.error(word, `{{${word.text}}} is not supported by this renderer`);
			case "end":
				this.#tokens.expect("right delimiter", "end");
				return { keyword: "end", token: word };
			case "else":
				return this.#else(word);
			default:
				throw this.#tokens.unexpected(word, "command");
		}
	}

	/** `{{ else if … }}` leaves its `if` for {@link Parser.#branch} to find. */
	#else(word: Token): Ending {
		const next = this.#tokens.peek();
		if (next.kind !== "keyword" || (next.text !== "if" && next.text !== "with")) {
			this.#tokens.expect("right delimiter", "else");
		}
		return { keyword: "else", token: word };
	}

	#branch(kind: BranchNode["kind"]): BranchNode {
		return this.#pipes.inInnerScope(() => {
			const pipe = this.#pipes.pipe(kind, "right delimiter");
			const { statements: body, ending } = this.#statements();
			const otherwise = ending.keyword === "else" ? this.#otherwise(kind) : undefined;
			if (ending.keyword !== "else") {
				this.#expectEnd(ending);
			}
			return { kind, offset: pipe.offset, pipe, body, otherwise };
		});
	}

	#otherwise(kind: BranchNode["kind"]): Statement[] {
		const next = this.#tokens.peek();
		if (kind !== "range" && next.kind === "keyword" && next.text === kind) {
			this.#tokens.next();
			return [this.#branch(kind)];
		}
		const { statements, ending } = this.#statements();
		this.#expectEnd(ending);
		return statements;
	}

	#expectEnd(ending: Ending): void {
		if (ending.keyword === "end of file") {
			throw this.#tokens.error(ending.token, "unexpected EOF");
		}
		if (ending.keyword === "else") {
			throw this.#tokens.error(ending.token, "expected end; found {{else}}");
		}
	}

	#name(context: string): string {
		const token = this.#tokens.next();
		const name = token.kind === "string" ? unquote(token.text) : undefined;
		if (name === undefined) {
			throw this.#tokens.unexpected(token, context);
		}
		return name;
	}
}

/** White space and comments alone; such a template replaces no other. */
export function isBlank(body: readonly Statement[]): boolean {
	return body.every((statement) => statement.kind === "text" && trimSpace(statement.text) === "");
}
