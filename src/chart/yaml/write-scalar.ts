import { bestWidth, type Emitter } from "./emitter.ts";
import { styleOf } from "./scalar-style.ts";

const escapes: Readonly<Record<string, string>> = {
	"\0": "0",
	"\x07": "a",
	"\b": "b",
	"\t": "t",
	"\n": "n",
	"\v": "v",
	"\f": "f",
	"\r": "r",
	"\x1b": "e",
	'"': '"',
	"\\": "\\",
	"\u0085": "N",
	"\u00a0": "_",
	"\u2028": "L",
	"\u2029": "P",
};

/** The only line breaks that a scalar without quotes or in single ones can hold. */
const rareBreak = /[\u2028\u2029]/;

/** Writes a string in the style that go-yaml picks for it, continued lines at `indent`. A key is never continued. */
export function writeString(emitter: Emitter, text: string, indent: number, isKey = false): void {
	const style = styleOf(text, isKey);
	const fold = isKey ? undefined : indent;
	if (style === "literal") {
		writeLiteral(emitter, text, indent);
	} else if (style === "plain") {
		writePlain(emitter, text, fold);
	} else if (style === "single") {
		writeSingle(emitter, text, fold);
	} else {
		writeDouble(emitter, text, fold);
	}
}

/** Anything that is written as it is: numbers, `true`, `null`, and strings that need no quotes. */
export function writePlain(emitter: Emitter, text: string, indent: number | undefined): void {
	emitter.separate();
	writeFolded(emitter, text, indent, false);
	emitter.finishWord();
}

function writeSingle(emitter: Emitter, text: string, indent: number | undefined): void {
	emitter.separate();
	emitter.indicator("'");
	writeFolded(emitter, text.replaceAll("'", "''"), indent, true);
	emitter.indicator("'");
	emitter.finishWord();
}

/** Writes the words of a text, and for a single space beyond the best width a line break. */
function writeFolded(emitter: Emitter, text: string, indent: number | undefined, quoted: boolean): void {
	if (!rareBreak.test(text) && (indent === undefined || emitter.column + text.length <= bestWidth)) {
		emitter.put(text);
		return;
	}
	let afterBreak = false;
	for (let i = 0; i < text.length; i++) {
		const char = text.charAt(i);
		if (rareBreak.test(char)) {
			emitter.breakLine(char);
			emitter.indention = true;
			afterBreak = true;
			continue;
		}
		if (afterBreak && char !== " ") {
			emitter.indent(indent ?? 0);
			afterBreak = false;
		}
		putFoldable(emitter, char, isFoldable(text, i, quoted) ? indent : undefined);
		emitter.indention &&= char === " ";
	}
}

/** A space that may become a line break: not beside another one, and inside of quotes not at either end. */
function isFoldable(text: string, i: number, quoted: boolean): boolean {
	const isSingle = text.charAt(i) === " " && text.charAt(i - 1) !== " " && text.charAt(i + 1) !== " ";
	return isSingle && (!quoted || (i > 0 && i < text.length - 1));
}

/** True where a line break took the place of the space. */
function putFoldable(emitter: Emitter, char: string, indent: number | undefined): boolean {
	if (indent === undefined || emitter.column <= bestWidth) {
		emitter.put(char);
		return false;
	}
	emitter.indent(indent);
	return true;
}

/** libyaml asks whether the text begins with a byte order mark where it means whether the character is one. */
function writeDouble(emitter: Emitter, text: string, indent: number | undefined): void {
	emitter.separate();
	emitter.indicator('"');
	const chars = Array.from(text);
	const escapesAll = text.startsWith("\ufeff");
	for (const [i, char] of chars.entries()) {
		if (escapesAll || needsEscape(char)) {
			emitter.put(escapeChar(char));
		} else if (putFoldable(emitter, char, isFirstSpace(chars, i) ? indent : undefined)) {
			// Of several spaces the break takes the place of the first, and only a backslash keeps the next one.
			emitter.put(chars[i + 1] === " " ? "\\" : "");
		}
	}
	emitter.indicator('"');
	emitter.finishWord();
}

function isFirstSpace(chars: readonly string[], i: number): boolean {
	return chars[i] === " " && chars[i - 1] !== " " && i > 0 && i < chars.length - 1;
}

function needsEscape(char: string): boolean {
	return /[^\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|["\\]/u.test(char);
}

function escapeChar(char: string): string {
	const short = escapes[char];
	if (short !== undefined) {
		return `\\${short}`;
	}
	const point = char.codePointAt(0) ?? 0;
	const digits = point.toString(16).toUpperCase();
	if (point <= 0xff) {
		return `\\x${digits.padStart(2, "0")}`;
	}
	return point <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** `|`, with a hint where the first line begins with a space, and one for how many line feeds end the text. */
function writeLiteral(emitter: Emitter, text: string, indent: number): void {
	emitter.separate();
	emitter.indicator(`|${/^[ \r\n\u2028\u2029]/.test(text) ? "2" : ""}${chomping(text)}`);
	emitter.breakLine();
	for (const line of text.split(/(?<=[\n\u2028\u2029])/)) {
		const content = line.replace(/[\n\u2028\u2029]$/, "");
		emitter.put(content === "" ? "" : " ".repeat(indent) + content);
		if (content.length < line.length) {
			emitter.breakLine(line.slice(content.length));
		}
	}
	emitter.whitespace = true;
	emitter.indention = text.endsWith("\n");
}

function chomping(text: string): string {
	const breaks = /[\n\u2028\u2029]*$/.exec(text)?.[0].length ?? 0;
	if (breaks === 0) {
		return "-";
	}
	return breaks > 1 || breaks === text.length ? "+" : "";
}
