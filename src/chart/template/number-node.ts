import { parseFloat64, parseInt64, parseUint64 } from "../go/parse-number.ts";
import { unquote } from "../go/unquote.ts";
import { int } from "../go/value.ts";
import type { NumberNode } from "./ast.ts";
import type { Source } from "./source.ts";
import { syntaxError } from "./template-error.ts";
import type { Token } from "./token.ts";

/** A number in every type that can hold it; only its spelling says whether it is a float by nature. */
export function parseNumber(source: Source, { kind, text, offset }: Token): NumberNode {
	if (kind === "character") {
		return parseCharacter(source, text, offset);
	}
	const whole = parseInt64(text);
	const spelledAsFloat = !/^[+-]?0[xX]/.test(text) && /[.eEpP]/.test(text);
	const float = whole === undefined ? parseFloat64(text) : Number(whole);
	if (text.endsWith("i") || (whole === undefined && float === undefined)) {
		throw syntaxError(source, offset, `illegal number syntax: "${text}"`);
	}
	if (!spelledAsFloat && whole === undefined) {
		throw syntaxError(
			source,
			offset,
			`${parseUint64(text) === undefined ? "integer overflow: " : ""}${text} overflows int`,
		);
	}
	const integer = whole === undefined ? integerOf(float) : int(whole);
	return { kind: "number", offset, text, int: integer, float, ideal: spelledAsFloat ? float : integer };
}

/** 1e3 may stand where an integer is wanted. */
function integerOf(float: number | undefined) {
	return float !== undefined && Number.isInteger(float) && Math.abs(float) < 2 ** 63 ? int(float) : undefined;
}

function parseCharacter(source: Source, text: string, offset: number): NumberNode {
	const char = unquote(text);
	if (char === undefined || Array.from(char).length !== 1) {
		throw syntaxError(source, offset, `malformed character constant: ${text}`);
	}
	const point = char.codePointAt(0) ?? 0;
	return { kind: "number", offset, text, int: int(point), float: point, ideal: int(point) };
}
