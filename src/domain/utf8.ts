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
