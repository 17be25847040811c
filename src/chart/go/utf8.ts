import { readRune, sequenceLength } from "../../domain/utf8.ts";

/**
 * Go's strings are bytes, JavaScript's are UTF-16. A byte that is not part of valid UTF-8 is kept as the lone
 * surrogate U+DC00 + byte, which no valid text contains, so that bytes survive a way through strings (Python does
 * the same, PEP 383). Written by hand because TextEncoder is a platform's, not the language's.
 */

const escapedByte = 0xdc00;

/** How many bytes the text has in UTF-8. */
export function utf8Length(text: string): number {
	let length = 0;
	for (let i = 0; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		if (unit < 0x80) {
			length += 1;
		} else if (unit < 0x800) {
			length += 2;
		} else if (isPair(text, i)) {
			length += 4;
			i++;
		} else {
			length += isEscapedByte(unit) ? 1 : 3;
		}
	}
	return length;
}

export function utf8Encode(text: string): Uint8Array {
	const bytes = new Uint8Array(utf8Length(text));
	let at = 0;
	for (let i = 0; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		if (unit < 0x80 || isEscapedByte(unit)) {
			bytes[at++] = unit & 0xff;
			continue;
		}
		const point = text.codePointAt(i) ?? 0;
		if (point > 0xffff) {
			i++;
		}
		at = writeRune(bytes, at, point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
	}
	return bytes;
}

function writeRune(bytes: Uint8Array, start: number, point: number): number {
	let at = start;
	if (point < 0x800) {
		bytes[at++] = 0xc0 | (point >> 6);
	} else {
		if (point < 0x10000) {
			bytes[at++] = 0xe0 | (point >> 12);
		} else {
			bytes[at++] = 0xf0 | (point >> 18);
			bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
		}
		bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
	}
	bytes[at++] = 0x80 | (point & 0x3f);
	return at;
}

export function utf8Decode(bytes: Uint8Array): string {
	const chunks: string[] = [];
	let chunk = "";
	for (let i = 0; i < bytes.length; ) {
		const first = bytes[i] ?? 0;
		const size = sequenceLength(bytes, i);
		if (size === 0) {
			chunk += String.fromCharCode(escapedByte + first);
			i += 1;
		} else {
			chunk += size === 1 ? String.fromCharCode(first) : String.fromCodePoint(readRune(bytes, i, size));
			i += size;
		}
		if (chunk.length > 8192) {
			chunks.push(chunk);
			chunk = "";
		}
	}
	chunks.push(chunk);
	return chunks.join("");
}

/** `text[start:end]` in bytes, as Go slices a string. */
export function utf8Slice(text: string, start: number, end: number): string {
	if (utf8Length(text) === text.length) {
		return text.slice(start, end);
	}
	return utf8Decode(utf8Encode(text).subarray(start, end));
}

/** Joins escaped bytes that form a character together, which happens when pieces of a string are put side by side. */
export function normalize(text: string): string {
	return /[\udc80-\udcff]/.test(text) && hasEscapedByte(text) ? utf8Decode(utf8Encode(text)) : text;
}

/** True when the text holds bytes that are not UTF-8. */
export function hasEscapedByte(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		if (isPair(text, i)) {
			i++;
		} else if (isEscapedByte(text.charCodeAt(i))) {
			return true;
		}
	}
	return false;
}

/** Bytes that are no UTF-8 become U+FFFD, as encoding/json and a terminal show them. */
export function toWellFormed(text: string): string {
	return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

export function isEscapedByte(unit: number): boolean {
	return unit >= 0xdc80 && unit <= 0xdcff;
}

function isPair(text: string, i: number): boolean {
	const unit = text.charCodeAt(i);
	const next = text.charCodeAt(i + 1);
	return unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
}
