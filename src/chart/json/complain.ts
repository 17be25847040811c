import { quote } from "../go/quote.ts";
import { utf8Encode } from "../go/utf8.ts";
import { JsonError } from "./write-json.ts";

/** What can follow a piece of a scalar, and what Go says where something else does. */
interface Step {
	readonly wanted: RegExp;
	readonly context: string;
}

const digits = /[0-9]*/y;

/**
 * The error that encoding/json has for a character that does not belong, since charts can print it: `fromJson` hands it
 * out as data. At the end of the text Go pretends that there is a space.
 */
export function unexpected(source: string, at: number, context: string): JsonError {
	const char = at < source.length ? source.slice(at, at + 2) : " ";
	const byte = utf8Encode(String.fromCodePoint(char.codePointAt(0) ?? 0x20))[0] ?? 0x20;
	return new JsonError(`invalid character ${shown(String.fromCharCode(byte))} ${context}`);
}

export function unexpectedEnd(): JsonError {
	return new JsonError("unexpected end of JSON input");
}

function shown(char: string): string {
	return char === "'" ? "'\\''" : `'${char === '"' ? char : quote(char).slice(1, -1)}'`;
}

/** Why there is no number, word or string at `start`, where one should be. */
export function complainAboutScalar(source: string, start: number): JsonError {
	const first = source.charAt(start);
	if (first === "") {
		return unexpectedEnd();
	}
	if (first === '"') {
		return complainAboutString(source, start + 1);
	}
	if (/[-\d]/.test(first)) {
		return complainAboutNumber(source, start);
	}
	const word = ["true", "false", "null"].find((name) => name.startsWith(first));
	if (word === undefined) {
		return unexpected(source, start, "looking for beginning of value");
	}
	const same = [...word].findIndex((letter, i) => source.charAt(start + i) !== letter);
	return unexpected(source, start + same, `in literal ${word} (expecting '${word.charAt(same)}')`);
}

function complainAboutNumber(source: string, start: number): JsonError {
	let at = start + (source.charAt(start) === "-" ? 1 : 0);
	const steps: readonly Step[] = [
		{ wanted: /\./y, context: "after decimal point in numeric literal" },
		{ wanted: /[eE][+-]?/y, context: "in exponent of numeric literal" },
	];
	if (!/\d/.test(source.charAt(at))) {
		return unexpected(source, at, "in numeric literal");
	}
	at = source.charAt(at) === "0" ? at + 1 : skip(digits, source, at);
	for (const { wanted, context } of steps) {
		const after = skip(wanted, source, at);
		if (after > at && !/\d/.test(source.charAt(after))) {
			return unexpected(source, after, context);
		}
		at = skip(digits, source, after);
	}
	return unexpected(source, at, "in numeric literal");
}

function complainAboutString(source: string, start: number): JsonError {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids control characters inside of strings
	const at = skip(/(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*/y, source, start);
	const char = source.charAt(at);
	if (char === "") {
		return unexpectedEnd();
	}
	if (char !== "\\") {
		return unexpected(source, at, "in string literal");
	}
	if (source.charAt(at + 1) !== "u") {
		return unexpected(source, at + 1, "in string escape code");
	}
	return unexpected(source, skip(/[\dA-Fa-f]*/y, source, at + 2), "in \\u hexadecimal character escape");
}

function skip(pattern: RegExp, source: string, at: number): number {
	pattern.lastIndex = at;
	return at + (pattern.exec(source)?.[0].length ?? 0);
}
