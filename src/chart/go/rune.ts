import { toWellFormed } from "./utf8.ts";

/** What package unicode says of a character, and how it changes case: one rune at a time, never to two. */

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const spaces = new Set([
	0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
]);
const letterOrDigit = /^[\p{L}\p{Nd}]$/u;
const letter = /^\p{L}$/u;
const digit = /^\p{Nd}$/u;

/** unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and of all spaces only U+0020. */
export function isPrint(char: string): boolean {
	return printable.test(char);
}

export function isSpace(char: string): boolean {
	const point = char.codePointAt(0) ?? 0;
	return spaces.has(point) || (point >= 0x2000 && point <= 0x200a);
}

export function isLetter(char: string): boolean {
	return letter.test(char);
}

export function isDigit(char: string): boolean {
	return digit.test(char);
}

export function isLetterOrDigit(char: string): boolean {
	return letterOrDigit.test(char);
}

export function upperRune(char: string): string {
	return oneRune(char, char.toUpperCase());
}

/** U+0130 is the one letter whose lower case JavaScript spells with two runes and Go with one. */
export function lowerRune(char: string): string {
	return char === "\u0130" ? "i" : oneRune(char, char.toLowerCase());
}

/** Title case differs from upper case for the digraphs and a few others, which have titles of their own. */
export function titleRune(char: string): string {
	const index = digraphs.indexOf(char);
	return index >= 0 ? (digraphs[index - (index % 3) + 1] ?? char) : upperRune(char);
}

/** Upper, title and lower case of each. */
const digraphs = ["Ǆ", "ǅ", "ǆ", "Ǉ", "ǈ", "ǉ", "Ǌ", "ǋ", "ǌ", "Ǳ", "ǲ", "ǳ"];

function oneRune(char: string, changed: string): string {
	return [...changed].length === 1 ? changed : char;
}

export function toUpper(text: string): string {
	return mapRunes(text, upperRune);
}

export function toLower(text: string): string {
	return mapRunes(text, lowerRune);
}

/** strings.Map: what is no UTF-8 becomes U+FFFD on the way, unless there is nothing but ASCII. */
export function mapRunes(text: string, change: (char: string) => string): string {
	return Array.from(toWellFormed(text), change).join("");
}

/** strings.TrimSpace, whose spaces are not those of String.prototype.trim. */
export function trimSpace(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && isSpace(text.charAt(start))) {
		start++;
	}
	while (end > start && isSpace(text.charAt(end - 1))) {
		end--;
	}
	return text.slice(start, end);
}

export function isUpper(char: string): boolean {
	return /^\p{Lu}$/u.test(char);
}
