import { format } from "../go/format.ts";
import { compilePattern } from "../go/pattern.ts";
import { quote, trimSpace } from "../go/text.ts";
import { CallError, nilList, unsupported, type Value } from "../go/value.ts";
import { type FunctionTable, fixed, variadic } from "./function.ts";

/** sprig's strings and regular expressions. The text worked on comes last, so that it can be piped in. */
export const textFunctions: FunctionTable = {
	toString: fixed(["any"], format),
	quote: variadic([], "any", (values) => joined(values, (value) => quote(format(value)))),
	squote: variadic([], "any", (values) => joined(values, (value) => `'${format(value)}'`)),
	trim: fixed(["string"], trimSpace),
	trimPrefix: fixed(["string", "string"], (prefix, text) =>
		text.startsWith(prefix) ? text.slice(prefix.length) : text,
	),
	trimSuffix: fixed(["string", "string"], (suffix, text) =>
		suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
	),
	upper: fixed(["string"], (text) => Array.from(text, upperRune).join("")),
	contains: fixed(["string", "string"], (part, text) => text.includes(part)),
	hasPrefix: fixed(["string", "string"], (prefix, text) => text.startsWith(prefix)),
	indent: fixed(["int", "string"], indent),
	nindent: fixed(["int", "string"], (spaces, text) => `\n${indent(spaces, text)}`),
	splitList: fixed(["string", "string"], (separator, text) =>
		separator === "" ? Array.from(text) : text.split(separator),
	),
	regexMatch: fixed(["string", "string"], (pattern, text) => compilePattern(pattern).test(text)),
	regexFindAll: fixed(["string", "string", "int"], (pattern, text, limit) => {
		if (limit >= 0) {
			throw unsupported(`regexFindAll with a limit of ${limit}`);
		}
		return text.match(compileContent(pattern)) ?? nilList();
	}),
	regexReplaceAll: fixed(["string", "string", "string"], (pattern, text, replacement) => {
		if (replacement.includes("$")) {
			throw unsupported(`a group in the replacement ${JSON.stringify(replacement)}`);
		}
		return text.replace(compileContent(pattern), replacement);
	}),
};

/** A pattern that finds something: about finds of nothing side by side RE2 and JavaScript differ. */
function compileContent(pattern: string): RegExp {
	if (compilePattern(pattern).test("")) {
		throw unsupported(`the pattern ${JSON.stringify(pattern)}, which finds nothing everywhere,`);
	}
	return compilePattern(pattern);
}

/** All but nil, with a space between. */
function joined(values: readonly Value[], show: (value: Value) => string): string {
	return values
		.filter((value) => value != null)
		.map(show)
		.join(" ");
}

function indent(spaces: number, text: string): string {
	if (spaces < 0) {
		throw new CallError("strings: negative Repeat count");
	}
	const pad = " ".repeat(spaces);
	return pad + text.replaceAll("\n", `\n${pad}`);
}

/** Never to two runes, as Go. */
function upperRune(char: string): string {
	const upper = char.toUpperCase();
	return Array.from(upper).length === 1 ? upper : char;
}
