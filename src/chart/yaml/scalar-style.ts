import { utf8Length } from "../go/utf8.ts";
import { isBase60, resolvePlain } from "./resolve-plain.ts";

export type ScalarStyle = "plain" | "single" | "double" | "literal";

/** What a text allows, as libyaml's emitter finds out by looking at each of its characters. */
export interface Analysis {
	readonly plain: boolean;
	readonly single: boolean;
	readonly literal: boolean;
	readonly multiline: boolean;
}

const lineBreak = /[\r\n\u0085\u2028\u2029]/;
/** libyaml calls nothing beyond U+FFFF printable, and no tab. */
const unprintable = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]|\ufeff/;
const startsWithIndicator = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:](?:[ \t]|$)|-(?:[ \t]|$))/;
/** A `: ` or ` #` further on. */
const containsIndicator = /.:(?:[ \t]|$)|[\0 \t\r\n\u0085\u2028\u2029]#/s;

export function analyze(text: string): Analysis {
	if (text === "") {
		return { plain: true, single: true, literal: false, multiline: false };
	}
	const special = unprintable.test(text) || / [\r\n\u0085\u2028\u2029]/.test(text);
	const breakThenSpace = /[\r\n\u0085\u2028\u2029] /.test(text);
	const multiline = lineBreak.test(text);
	const indicators = startsWithIndicator.test(text) || containsIndicator.test(text);
	return {
		plain: !special && !multiline && !indicators && !/^ | $/.test(text),
		single: !special && !breakThenSpace,
		literal: !special && !text.endsWith(" "),
		multiline,
	};
}

/** Most strings are words that no rule of YAML minds; asking that first is a matter of speed alone. */
export function isPlainWord(text: string): boolean {
	return /^[A-Za-z][\w./-]*$/.test(text);
}

/** The style in which go-yaml writes a string: literal for several lines, plain where it stays a string unquoted. */
export function styleOf(text: string, isKey: boolean): ScalarStyle {
	if (isPlainWord(text)) {
		return resolvePlain(text).kind === "string" ? "plain" : "double";
	}
	const analysis = analyze(text);
	const wanted = wantedStyle(text, analysis, isKey);
	if (wanted === "literal") {
		return analysis.literal ? "literal" : "double";
	}
	if (wanted === "plain" && analysis.plain) {
		return "plain";
	}
	return wanted !== "double" && analysis.single ? "single" : "double";
}

function wantedStyle(text: string, { multiline }: Analysis, isKey: boolean): ScalarStyle {
	if (isKey && multiline) {
		return "double";
	}
	if (text.includes("\n")) {
		return "literal";
	}
	return resolvePlain(text).kind === "string" && !isBase60(text) ? "plain" : "double";
}

/** A key fits on its line when it has one line and at most 128 bytes; any other needs a `?`. */
export function isSimpleKey(text: string): boolean {
	return !lineBreak.test(text) && utf8Length(text) <= 128;
}
