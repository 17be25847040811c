import type { Source } from "./source.ts";
import { syntaxError } from "./template-error.ts";
import { keywords, type Token, type TokenKind } from "./token.ts";

const closing = /(?:[ \t\r\n]-)?\}\}/y;
/** A space that belongs to ` -}}` is not a space between words. */
const space = /(?:[ \t\r\n](?!-\}\}))+/y;
const word = /[\p{L}\p{Nd}_]+/uy;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/y;
const character = /'(?:[^'\\\n]|\\[^\n])*'/y;
const number =
	/[+-]?(?:0[xX][\dA-Fa-f_]*(?:\.[\dA-Fa-f_]*)?(?:[pP][+-]?[\d_]*)?|(?:0[oObB])?[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;
const symbols: ReadonlyMap<string, TokenKind> = new Map([
	["|", "|"],
	["(", "("],
	[")", ")"],
	["=", "="],
	[",", ","],
]);

/** The words from `start` up to the action's end, appended to `tokens`. */
export function lexAction(
	source: Source,
	start: number,
	tokens: Token[],
): { readonly end: number; readonly trimsAfter: boolean } {
	const { text } = source;
	let at = start;
	let depth = 0;
	for (let close = matchAt(closing, text, at); ; close = matchAt(closing, text, at)) {
		if (close !== undefined && depth === 0) {
			tokens.push({ kind: "right delimiter", text: "}}", offset: at });
			return { end: at + close.length, trimsAfter: close.length > 2 };
		}
		if (close !== undefined || at >= text.length) {
			throw syntaxError(source, at, close === undefined ? "unclosed action" : "unclosed left paren");
		}
		const token = lexWord(source, at);
		depth += nesting(token);
		if (depth < 0) {
			throw syntaxError(source, at, "unexpected right paren");
		}
		tokens.push(token);
		at += token.text.length;
	}
}

function nesting({ kind }: Token): number {
	return kind === "(" ? 1 : kind === ")" ? -1 : 0;
}

function lexWord(source: Source, at: number): Token {
	const { text } = source;
	const first = text.charAt(at);
	const blank = matchAt(space, text, at);
	if (blank !== undefined) {
		return { kind: "space", text: blank, offset: at };
	}
	const symbol = symbols.get(first);
	if (symbol !== undefined) {
		return { kind: symbol, text: first, offset: at };
	}
	if (first === ":") {
		if (text.charAt(at + 1) !== "=") {
			throw syntaxError(source, at, "expected :=");
		}
		return { kind: ":=", text: ":=", offset: at };
	}
	return lexLiteral(source, at) ?? lexName(source, at);
}

function lexLiteral(source: Source, at: number): Token | undefined {
	const { text } = source;
	const first = text.charAt(at);
	if (first === '"' || first === "`") {
		const unfinished = `unterminated ${first === "`" ? "raw " : ""}quoted string`;
		return { kind: "string", text: required(source, at, quoted, unfinished), offset: at };
	}
	if (first === "'") {
		return {
			kind: "character",
			text: required(source, at, character, "unterminated character constant"),
			offset: at,
		};
	}
	if (/^(?:[+\-\d]|\.\d)/.test(text.slice(at, at + 2))) {
		const literal = matchAt(number, text, at) ?? first;
		if (/^[\p{L}\p{Nd}_]/u.test(text.slice(at + literal.length, at + literal.length + 2))) {
			throw syntaxError(source, at, `bad number syntax: "${literal}${text.charAt(at + literal.length)}"`);
		}
		return { kind: "number", text: literal, offset: at };
	}
	return undefined;
}

function lexName(source: Source, at: number): Token {
	const { text } = source;
	const first = text.charAt(at);
	const prefixed = first === "." || first === "$";
	const name = matchAt(word, text, at + (prefixed ? 1 : 0)) ?? "";
	const whole = (prefixed ? first : "") + name;
	if (whole === "") {
		throw syntaxError(source, at, `unexpected ${JSON.stringify(text.slice(at, at + 1))} in action`);
	}
	const end = at + whole.length;
	if (!endsName(text, end)) {
		throw syntaxError(source, end, `bad character ${JSON.stringify(text.charAt(end))} after ${whole}`);
	}
	return { kind: nameKind(whole), text: whole, offset: at };
}

function nameKind(name: string): TokenKind {
	if (name === ".") {
		return "dot";
	}
	if (name.startsWith("$")) {
		return "variable";
	}
	if (name.startsWith(".")) {
		return "field";
	}
	if (keywords.has(name)) {
		return "keyword";
	}
	return name === "true" || name === "false" ? "bool" : "identifier";
}

/** What may stand right behind a name. */
function endsName(text: string, at: number): boolean {
	return at >= text.length || /^(?:[ \t\r\n.,|:()]|\}\})/.test(text.slice(at, at + 2));
}

function required(source: Source, at: number, pattern: RegExp, complaint: string): string {
	const match = matchAt(pattern, source.text, at);
	if (match === undefined) {
		throw syntaxError(source, at, complaint);
	}
	return match;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0];
}
