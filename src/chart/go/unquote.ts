import { normalize } from "./utf8.ts";

const named: Readonly<Record<string, string>> = {
	a: "\x07",
	b: "\b",
	f: "\f",
	n: "\n",
	r: "\r",
	t: "\t",
	v: "\v",
	"\\": "\\",
};

const escaped = /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([0-7]{3})|([abfnrtv\\'"]))/y;

/**
 * The text of a Go string or character literal, quotes included, or undefined where Go's syntax does not allow it
 * (strconv.Unquote). In a raw string only carriage returns are dropped.
 */
export function unquote(literal: string): string | undefined {
	const delimiter = literal.charAt(0);
	const body = literal.slice(1, -1);
	if (delimiter === "`") {
		return body.replaceAll("\r", "");
	}
	const parts: string[] = [];
	for (let i = 0; i < body.length; ) {
		const slash = body.indexOf("\\", i);
		if (slash !== i) {
			const end = slash < 0 ? body.length : slash;
			parts.push(body.slice(i, end));
			i = end;
			continue;
		}
		escaped.lastIndex = i;
		const match = escaped.exec(body);
		const char = match === null ? undefined : unescapePiece(match, delimiter);
		if (char === undefined) {
			return undefined;
		}
		parts.push(char);
		i = escaped.lastIndex;
	}
	return normalize(parts.join(""));
}

function unescapePiece(
	[, byte, short, long, octal, letter]: RegExpExecArray,
	delimiter: string,
): string | undefined {
	if (letter !== undefined) {
		return named[letter] ?? (letter === delimiter ? letter : undefined);
	}
	if (byte !== undefined || octal !== undefined) {
		return byteAsText(byte === undefined ? Number.parseInt(octal ?? "", 8) : Number.parseInt(byte, 16));
	}
	const point = Number.parseInt(short ?? long ?? "", 16);
	return point > 0x10ffff || isSurrogate(point) ? undefined : String.fromCodePoint(point);
}

function byteAsText(byte: number): string | undefined {
	return byte > 0xff ? undefined : String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

function isSurrogate(point: number): boolean {
	return point >= 0xd800 && point <= 0xdfff;
}
