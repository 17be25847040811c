import type { Problem } from "./problem.ts";

/** Why bytes are not the text that we take. */
export type TextFlaw = Pick<Problem, "complaint" | "accepted">;

/**
 * What keeps bytes from being a text in UTF-8, with its place; undefined where nothing does. A byte order mark of UTF-8
 * is no flaw. A NUL is one: neither YAML, JSON nor PEM may hold it, and most files with one are of another encoding.
 */
export function textFlaw(bytes: Uint8Array): TextFlaw | undefined {
	const foreign = marks.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
	if (foreign !== undefined) {
		const { encoding, mark } = foreign;
		return {
			complaint: `is in ${encoding}, as the byte order mark ${mark.map(hex).join(" ")} at offset 0 says`,
			accepted: `UTF-8: in PowerShell "| Out-File -Encoding utf8 FILE" in place of ">", elsewhere "iconv -f ${encoding} -t UTF-8 FILE"`,
		};
	}
	let lines = 1;
	for (let at = 0; at < bytes.length; ) {
		const byte = bytes[at] ?? 0;
		const size = sequenceLength(bytes, at);
		if (size === 0 || byte === 0) {
			const place = `${hex(byte)} at offset ${at} (line ${lines})`;
			return size === 0 ? notUtf8(place) : nul(place, bytes);
		}
		lines += byte === newline ? 1 : 0;
		at += size;
	}
	return undefined;
}

/** Those of UTF-32 first, since one begins like that of UTF-16. */
const marks: readonly { readonly encoding: string; readonly mark: readonly number[] }[] = [
	{ encoding: "UTF-32", mark: [0xff, 0xfe, 0, 0] },
	{ encoding: "UTF-32", mark: [0, 0, 0xfe, 0xff] },
	{ encoding: "UTF-16", mark: [0xff, 0xfe] },
	{ encoding: "UTF-16", mark: [0xfe, 0xff] },
];

const newline = 0x0a;

function notUtf8(place: string): TextFlaw {
	return {
		complaint: `is not UTF-8: byte ${place}`,
		accepted: 'text in UTF-8; "iconv -f LATIN1 -t UTF-8 FILE" converts from Latin-1',
	};
}

/** In UTF-16 every other byte of what is written in ASCII is one. */
function nul(place: string, [first, second]: Uint8Array): TextFlaw {
	const order = second === 0 ? "LE" : "BE";
	const way = `"iconv -f UTF-16${order} -t UTF-8 FILE" converts from UTF-16`;
	return {
		complaint: `has a NUL byte: ${place}`,
		accepted: `text in UTF-8${first === 0 || second === 0 ? `; ${way}` : ""}`,
	};
}

function hex(byte: number): string {
	return `0x${byte.toString(16).padStart(2, "0")}`;
}

/** The length of the valid sequence at `i`, or 0 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
export function sequenceLength(bytes: Uint8Array, i: number): number {
	const size = announcedLength(bytes[i] ?? 0);
	for (let k = 1; k < size; k++) {
		if (((bytes[i + k] ?? 0) & 0xc0) !== 0x80) {
			return 0;
		}
	}
	return size > 2 && !isScalarValue(readRune(bytes, i, size), size) ? 0 : size;
}

function announcedLength(first: number): number {
	if (first < 0x80) {
		return 1;
	}
	if (first < 0xc2 || first > 0xf4) {
		return 0;
	}
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function isScalarValue(point: number, size: number): boolean {
	const least = size === 3 ? 0x800 : 0x10000;
	return point >= least && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

/** The character of a valid sequence of so many bytes. */
export function readRune(bytes: Uint8Array, i: number, size: number): number {
	let point = (bytes[i] ?? 0) & (0xff >> (size + 1));
	for (let k = 1; k < size; k++) {
		point = (point << 6) | ((bytes[i + k] ?? 0) & 0x3f);
	}
	return point;
}
