import { readRune, sequenceLength } from "../../domain/utf8.ts";

/** unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and of all spaces only U+0020. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
/** Those of package unicode, which are not those of `String.prototype.trim`: U+FEFF is none, U+0085 is one. */
const space = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const outerSpaces = new RegExp(`^${space}+|(?<!${space})${space}+$`, "g");

/** strings.TrimSpace. */
export function trimSpace(text: string): string {
	return text.replace(outerSpaces, "");
}

const escapes: Readonly<Record<string, string>> = {
	"\x07": "\\a",
	"\b": "\\b",
	"\f": "\\f",
	"\n": "\\n",
	"\r": "\\r",
	"\t": "\\t",
	"\v": "\\v",
	"\\": "\\\\",
	'"': '\\"',
};

/** strconv.Quote. */
export function quote(text: string): string {
	const escaped = /^[ !#-[\]-~]*$/.test(text)
		? text
		: Array.from(text, (char) => escapes[char] ?? (printable.test(char) ? char : escapePoint(char))).join("");
	return `"${escaped}"`;
}

function escapePoint(char: string): string {
	const digits = (char.codePointAt(0) ?? 0).toString(16);
	if (digits.length <= 2) {
		return char < "\x80" ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
	}
	return digits.length <= 4 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/**
 * The text of a Go string literal, quotes included (strconv.Unquote). In a raw string only carriage returns are
 * dropped. Undefined for an escape that is none, or that names a character by its number, which our charts do not.
 */
export function unquote(literal: string): string | undefined {
	const body = literal.slice(1, -1);
	if (literal.startsWith("`")) {
		return body.replaceAll("\r", "");
	}
	const pairs = body.match(/\\./gsu) ?? [];
	return pairs.every((pair) => unescaped.has(pair))
		? body.replace(/\\./gsu, (pair) => unescaped.get(pair) ?? "")
		: undefined;
}

const unescaped = new Map(Object.entries(escapes).map(([char, pair]) => [pair, char]));

/** How many bytes the text has in UTF-8. */
export function utf8Length(text: string): number {
	let length = 0;
	for (let i = 0; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		// Of a surrogate pair each half counts for two.
		length += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
	}
	return length;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 4648, with padding, of the text's UTF-8; written out because btoa and Buffer belong to platforms. */
export function base64Encode(text: string): string {
	const bytes = utf8Encode(text);
	const chars: string[] = [];
	for (let i = 0; i < bytes.length; i += 3) {
		const [a = 0, b = 0, c = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]];
		const group = (a << 16) | (b << 8) | c;
		for (const shift of [18, 12, 6, 0]) {
			chars.push(alphabet.charAt((group >> shift) & 63));
		}
	}
	const missing = (3 - (bytes.length % 3)) % 3;
	return chars.join("").slice(0, chars.length - missing) + "=".repeat(missing);
}

function utf8Encode(text: string): number[] {
	// The one thing in the language itself that knows UTF-8; a half of a surrogate pair has none.
	const whole = text.replace(
		/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
		"\ufffd",
	);
	const units = encodeURIComponent(whole).match(/%..|./g) ?? [];
	return units.map((unit) => (unit.length > 1 ? Number.parseInt(unit.slice(1), 16) : unit.charCodeAt(0)));
}

/** The text, or undefined for what is no base64. Line breaks are skipped, as in Go; what is no UTF-8 becomes U+FFFD. */
export function base64Decode(text: string): string | undefined {
	const packed = text.replace(/[\r\n]/g, "");
	if (!/^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(packed) || packed.includes("_")) {
		return undefined;
	}
	const digits = Array.from(packed.replace(/=+$/, ""), (char) => alphabet.indexOf(char));
	const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
	for (let i = 0; i < bytes.length; i++) {
		const at = Math.floor((i * 4) / 3);
		const pair = ((digits[at] ?? 0) << 6) | (digits[at + 1] ?? 0);
		bytes[i] = (pair >> (4 - 2 * (i % 3))) & 0xff;
	}
	return utf8Decode(bytes);
}

function utf8Decode(bytes: Uint8Array): string {
	let text = "";
	for (let i = 0; i < bytes.length; ) {
		const size = sequenceLength(bytes, i);
		const point = size === 1 ? (bytes[i] ?? 0) : size === 0 ? 0xfffd : readRune(bytes, i, size);
		text += String.fromCodePoint(point);
		i += Math.max(size, 1);
	}
	return text;
}
