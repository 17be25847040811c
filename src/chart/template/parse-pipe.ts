import { parseDecimal64 } from "../go/number.ts";
import { unquote } from "../go/text.ts";
import { type CommandNode, type Operand, type PipeNode, printOperand } from "./ast.ts";
import type { Token, TokenKind, TokenStream } from "./lexer.ts";

/** What is wrong with calling a function of that name, if anything. */
export type FunctionCheck = (name: string) => string | undefined;

/** Parentheses in parentheses beyond this are a mistake, and would be a stack overflow. */
const maxDepth = 500;

/** Parses pipelines, and knows which variables each may use. */
export class PipeParser {
	readonly #tokens: TokenStream;
	readonly #complaint: FunctionCheck;
	#variables: string[] = ["$"];
	#depth = 0;

	constructor(tokens: TokenStream, complaint: FunctionCheck) {
		this.#tokens = tokens;
		this.#complaint = complaint;
	}

	/** Variables that are declared inside do not reach outside. */
	inInnerScope<T>(parse: () => T): T {
		const count = this.#variables.length;
		const result = parse();
		this.#variables.length = count;
		return result;
	}

	/** Another template: it sees no variable but its own `$`. */
	inFreshScope<T>(parse: () => T): T {
		const outer = this.#variables;
		this.#variables = ["$"];
		const result = parse();
		this.#variables = outer;
		return result;
	}

	pipe(context: string, end: TokenKind): PipeNode {
		const { offset } = this.#tokens.peek();
		const { declared, assigns } = this.#declarations(context);
		const commands: CommandNode[] = [];
		while (this.#tokens.peek().kind !== end) {
			commands.push(this.#command(commands.length + 1, context));
		}
		const token = this.#tokens.next();
		if (commands.length === 0) {
			throw this.#tokens.error(token, `missing value for ${context}`);
		}
		return { kind: "pipe", offset, assigns, declared, commands };
	}

	/** `$x :=`, `$x =`, and in a range `$i, $x :=`. */
	#declarations(context: string): { declared: string[]; assigns: boolean } {
		const declared: string[] = [];
		while (this.#tokens.peek().kind === "variable" && /^(?::?=|,)$/.test(this.#tokens.peek(1).text)) {
			const [variable, sign] = [this.#tokens.next(), this.#tokens.next()];
			if (sign.kind === "," && (context !== "range" || declared.length > 0)) {
				throw this.#tokens.error(sign, `too many declarations in ${context}`);
			}
			if (sign.kind === "=") {
				this.#variable(variable);
			}
			declared.push(variable.text);
			this.#variables.push(variable.text);
			if (sign.kind !== ",") {
				return { declared, assigns: sign.kind === "=" };
			}
		}
		if (declared.length > 0) {
			throw this.#tokens.error(this.#tokens.peek(), "range can only initialize variables");
		}
		return { declared, assigns: false };
	}

	/** Operands up to a `|`, which is consumed, or the pipeline's end, which is not. */
	#command(stage: number, context: string): CommandNode {
		const { offset } = this.#tokens.peek();
		const [first, ...rest] = this.#operands(context);
		if (first === undefined) {
			throw this.#tokens.error(
				this.#tokens.peek(),
				stage > 1 ? "empty command" : `missing value for ${context}`,
			);
		}
		if (stage > 1 && ["bool", "dot", "nil", "number", "string"].includes(first.kind)) {
			throw this.#tokens.error(this.#tokens.peek(), `non executable command in pipeline stage ${stage}`);
		}
		return { offset, args: [first, ...rest] };
	}

	/** A space stands before every operand but the first. */
	#operands(context: string): Operand[] {
		const operands: Operand[] = [];
		for (let operand = this.#operand(); operand !== undefined; operand = this.#operand()) {
			operands.push(operand);
			if (this.#tokens.peek().spaced !== true) {
				break;
			}
		}
		const token = this.#tokens.peek();
		if (token.kind === "|") {
			this.#tokens.next();
		} else if (token.kind !== "right delimiter" && token.kind !== ")") {
			throw this.#tokens.unexpected(token, operands.length === 0 ? context : "operand");
		}
		return operands;
	}

	/** A term and the fields behind it. */
	#operand(): Operand | undefined {
		const base = this.#term();
		const { offset } = this.#tokens.peek();
		const path: string[] = [];
		while (
			base !== undefined &&
			this.#tokens.peek().kind === "field" &&
			this.#tokens.peek().spaced !== true
		) {
			path.push(this.#tokens.next().text.slice(1));
		}
		if (base === undefined || path.length === 0) {
			return base;
		}
		const [first = "", ...rest] = path;
		switch (base.kind) {
			case "field":
				return { ...base, offset, path: [...base.path, first, ...rest] };
			case "variable":
				return { ...base, offset, path };
			case "bool":
			case "string":
			case "number":
			case "nil":
			case "dot":
				throw this.#tokens.error(this.#tokens.peek(), `unexpected . after term "${printOperand(base)}"`);
			default:
				return { kind: "chain", offset, base, path: [first, ...rest] };
		}
	}

	#term(): Operand | undefined {
		const token = this.#tokens.peek();
		const term = this.#simpleTerm(token);
		if (term !== undefined) {
			this.#tokens.next();
			return term;
		}
		return token.kind === "(" ? this.#parenthesized() : undefined;
	}

	#simpleTerm(token: Token): Operand | undefined {
		const { kind, text, offset } = token;
		switch (kind) {
			case "dot":
				return { kind, offset };
			case "bool":
				return { kind, offset, value: text === "true" };
			case "keyword":
				return text === "nil" ? { kind: "nil", offset } : undefined;
			case "number":
				return this.#number(token);
			case "field":
				return { kind, offset, path: [text.slice(1)] };
			case "string":
				return this.#string(token);
			case "variable":
				return this.#variable(token);
			case "identifier":
				return this.#identifier(token);
			default:
				return undefined;
		}
	}

	/** Of Go's numbers those that charts have: decimal integers, and floats with a point. */
	#number(token: Token): Operand {
		const { text, offset } = token;
		const isSound = /^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text);
		const value = text.includes(".") ? Number(text) : parseDecimal64(text);
		if (!isSound || value === undefined) {
			throw this.#tokens.error(token, `the number ${text} is not supported by this renderer`);
		}
		return { kind: "number", offset, text, value };
	}

	#string(token: Token): Operand {
		const text = unquote(token.text);
		if (text === undefined) {
			throw this.#tokens.error(token, `invalid syntax in ${token.text}`);
		}
		return { kind: "string", offset: token.offset, quoted: token.text, text };
	}

	#variable(token: Token): Operand {
		if (!this.#variables.includes(token.text)) {
			throw this.#tokens.error(token, `undefined variable "${token.text}"`);
		}
		return { kind: "variable", offset: token.offset, name: token.text, path: [] };
	}

	#identifier(token: Token): Operand {
		const complaint = this.#complaint(token.text);
		if (complaint !== undefined) {
			throw this.#tokens.error(token, complaint);
		}
		return { kind: "identifier", offset: token.offset, name: token.text };
	}

	#parenthesized(): Operand {
		const open = this.#tokens.next();
		if (++this.#depth > maxDepth) {
			throw this.#tokens.error(open, "max expression depth exceeded");
		}
		const pipe = this.pipe("parenthesized pipeline", ")");
		this.#depth--;
		return pipe;
	}
}
