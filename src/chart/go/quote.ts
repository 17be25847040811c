import { isPrint } from "./rune.ts";
import { isEscapedByte } from "./utf8.ts";

const named: Readonly<Record<string, string>> = {
	"\x07": "\\a",
	"\b": "\\b",
	"\f": "\\f",
	"\n": "\\n",
	"\r": "\\r",
	"\t": "\\t",
	"\v": "\\v",
	"\\": "\\\\",
};

/** strconv.Quote and QuoteToASCII; `delimiter` is `'` for a rune. */
export function quote(text: string, asciiOnly = false, delimiter: '"' | "'" = '"'): string {
	if (!asciiOnly && delimiter === '"' && /^[ !#-[\]-~]*$/.test(text)) {
		return `"${text}"`;
	}
	const parts = Array.from(text, (char) =>
		char === delimiter ? `\\${char}` : (named[char] ?? escapeRune(char, asciiOnly)),
	);
	return delimiter + parts.join("") + delimiter;
}

function escapeRune(char: string, asciiOnly: boolean): string {
	const point = char.codePointAt(0) ?? 0;
	if (isEscapedByte(point)) {
		return `\\x${hex(point & 0xff, 2)}`;
	}
	if (asciiOnly ? point >= 0x20 && point < 0x7f : isPrint(char)) {
		return char;
	}
	if (point < 0x20 || point === 0x7f) {
		return `\\x${hex(point, 2)}`;
	}
	return point < 0x10000 ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`;
}

function hex(value: number, width: number): string {
	return value.toString(16).padStart(width, "0");
}
