import { CallError } from "../go/call-error.ts";
import { format, toText } from "../go/print.ts";
import { quote } from "../go/quote.ts";
import {
	isLetterOrDigit,
	isSpace,
	lowerRune,
	mapRunes,
	titleRune,
	toLower,
	toUpper,
	trimSpace,
	upperRune,
} from "../go/rune.ts";
import { toWellFormed, utf8Encode, utf8Length, utf8Slice } from "../go/utf8.ts";
import { GoMap, strings, type Value } from "../go/value.ts";
import { type FunctionTable, fixed, variadic } from "./function.ts";

/** Most of sprig's strings. The text worked on comes last, so that it can be piped in. */
export const stringFunctions: FunctionTable = {
	trim: fixed(["string"], trimSpace),
	trimAll: fixed(["string", "string"], trimAll),
	trimall: fixed(["string", "string"], trimAll),
	trimSuffix: fixed(["string", "string"], (suffix, text) =>
		suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
	),
	trimPrefix: fixed(["string", "string"], (prefix, text) =>
		text.startsWith(prefix) ? text.slice(prefix.length) : text,
	),
	upper: fixed(["string"], toUpper),
	lower: fixed(["string"], toLower),
	title: fixed(["string"], title),
	untitle: fixed(["string"], (text) => eachWord(toWellFormed(text), lowerRune)),
	swapcase: fixed(["string"], (text) => swapCase(toWellFormed(text))),
	initials: fixed(["string"], initials),
	nospace: fixed(["string"], withoutSpaces),
	repeat: fixed(["int", "string"], repeat),
	contains: fixed(["string", "string"], (part, text) => text.includes(part)),
	hasPrefix: fixed(["string", "string"], (prefix, text) => text.startsWith(prefix)),
	hasSuffix: fixed(["string", "string"], (suffix, text) => text.endsWith(suffix)),
	replace: fixed(["string", "string", "string"], (old, replacement, text) =>
		text.replaceAll(old, () => replacement),
	),
	quote: variadic([], "any", (values) => joined(values, (value) => quote(toText(value)))),
	squote: variadic([], "any", (values) => joined(values, (value) => `'${format(value)}'`)),
	cat: variadic([], "any", (values) => joined(values, format)),
	indent: fixed(["int", "string"], indent),
	nindent: fixed(["int", "string"], (spaces, text) => `\n${indent(spaces, text)}`),
	trunc: fixed(["int", "string"], truncate),
	substr: fixed(["int", "int", "string"], substring),
	abbrev: fixed(["int", "string"], (width, text) => (width < 4 ? text : abbreviate(text, 0, width))),
	abbrevboth: fixed(["int", "int", "string"], (left, right, text) =>
		right < 4 || (left > 0 && right < 7) ? text : abbreviate(text, left, right),
	),
	plural: fixed(["string", "string", "int"], (one, many, count) => (count === 1 ? one : many)),
	toString: fixed(["any"], toText),
	split: fixed(["string", "string"], (separator, text) => numbered(splitText(text, separator))),
	splitn: fixed(["string", "int", "string"], (separator, count, text) =>
		numbered(splitAtMost(text, separator, count)),
	),
	splitList: fixed(["string", "string"], (separator, text) => strings(splitText(text, separator))),
};

/** strings.Trim: `cut` is a set of characters. */
function trimAll(cut: string, text: string): string {
	const set = new Set(cut);
	const chars = Array.from(text);
	let start = 0;
	let end = chars.length;
	while (start < end && set.has(chars[start] ?? "")) {
		start++;
	}
	while (end > start && set.has(chars[end - 1] ?? "")) {
		end--;
	}
	return chars.slice(start, end).join("");
}

/** strings.Title: a word begins behind anything but a letter, a digit or an underscore; beyond ASCII, behind a space. */
function title(text: string): string {
	let previous = " ";
	return mapRunes(text, (char) => {
		const begins = isSeparator(previous);
		previous = char;
		return begins ? titleRune(char) : char;
	});
}

function isSeparator(char: string): boolean {
	if (char.charCodeAt(0) < 0x80) {
		return !/\w/.test(char);
	}
	return !isLetterOrDigit(char) && isSpace(char);
}

function eachWord(text: string, change: (char: string) => string): string {
	let begins = true;
	return Array.from(text, (char) => {
		const changes = begins && !isSpace(char);
		begins = isSpace(char);
		return changes ? change(char) : char;
	}).join("");
}

function swapCase(text: string): string {
	let begins = true;
	return Array.from(text, (char) => {
		const hasCase = lowerRune(char) !== char || upperRune(char) !== char;
		const swapped = hasCase ? swapRune(char, begins) : char;
		begins = !hasCase && isSpace(char);
		return swapped;
	}).join("");
}

function swapRune(char: string, begins: boolean): string {
	const lower = lowerRune(char);
	return lower === char ? (begins ? titleRune(char) : upperRune(char)) : lower;
}

/** goutils goes through the bytes of a text and takes each for a character. */
function bytesAsChars(text: string): string {
	return Array.from(utf8Encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** The first characters of the words. */
function initials(text: string): string {
	const found: string[] = [];
	eachWord(bytesAsChars(text), (char) => {
		found.push(char);
		return char;
	});
	return found.join("");
}

/** That each byte is taken for a character shows as soon as there is a space to drop. */
function withoutSpaces(text: string): string {
	const chars = Array.from(bytesAsChars(text));
	const kept = chars.filter((char) => !isSpace(char));
	return kept.length === chars.length ? text : kept.join("");
}

function repeat(count: number, text: string): string {
	if (count < 0) {
		throw new CallError("strings: negative Repeat count");
	}
	if (text.length * count > 100_000_000) {
		throw new CallError(`repeat ${count} makes too long a text`);
	}
	return text.repeat(count);
}

/** All but nil, with a space between. */
function joined(values: readonly Value[], show: (value: Value) => string): string {
	return values
		.filter((value) => value != null)
		.map(show)
		.join(" ");
}

function indent(spaces: number, text: string): string {
	const pad = repeat(spaces, " ");
	return pad + text.replaceAll("\n", `\n${pad}`);
}

/** Counts bytes; a negative count keeps the end. */
function truncate(count: number, text: string): string {
	const length = utf8Length(text);
	if (count < 0) {
		return length + count > 0 ? utf8Slice(text, length + count, length) : text;
	}
	return length > count ? utf8Slice(text, 0, count) : text;
}

function substring(start: number, end: number, text: string): string {
	const length = utf8Length(text);
	const from = start < 0 ? 0 : start;
	const to = start >= 0 && (end < 0 || end > length) ? length : end;
	if (from > to || to > length || to < 0) {
		throw new CallError(`slice bounds out of range [${from}:${to}]`);
	}
	return utf8Slice(text, from, to);
}

function abbreviate(text: string, left: number, width: number): string {
	const length = utf8Length(text);
	if (length <= width) {
		return text;
	}
	const offset = Math.min(Math.min(left, length), Math.max(length - (width - 3), 0));
	if (offset <= 4) {
		return `${utf8Slice(text, 0, width - 3)}...`;
	}
	if (width < 7) {
		return "";
	}
	if (offset + width - 3 < length) {
		return `...${abbreviate(utf8Slice(text, offset, length), 0, width - 3)}`;
	}
	return `...${utf8Slice(text, length - (width - 3), length)}`;
}

/** strings.Split: an empty separator splits into characters. */
export function splitText(text: string, separator: string): string[] {
	return separator === "" ? Array.from(text) : text.split(separator);
}

function splitAtMost(text: string, separator: string, count: number): string[] {
	const parts = splitText(text, separator);
	if (count < 0 || parts.length <= count) {
		return parts;
	}
	return count === 0 ? [] : [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

/** `{_0: …, _1: …}`, so that a template can write `$parts._0`. */
function numbered(parts: readonly string[]): GoMap {
	return new GoMap(
		parts.map((part, i) => [`_${i}`, part]),
		"string",
	);
}
