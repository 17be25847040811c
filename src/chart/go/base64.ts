const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 4648, with padding; written out because btoa and Buffer belong to platforms. */
export function base64Encode(bytes: Uint8Array): string {
	const chars: string[] = [];
	for (let i = 0; i < bytes.length; i += 3) {
		const [a = 0, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]];
		const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
		chars.push(
			alphabet.charAt(group >> 18),
			alphabet.charAt((group >> 12) & 63),
			b === undefined ? "=" : alphabet.charAt((group >> 6) & 63),
			c === undefined ? "=" : alphabet.charAt(group & 63),
		);
	}
	return chars.join("");
}

/** The bytes, or the index of the first byte of the text that does not belong, as Go's error message counts it. */
export type Decoded = { readonly bytes: Uint8Array } | { readonly wrongAt: number };

/** Line breaks are skipped, as in Go. */
export function base64Decode(text: Uint8Array): Decoded {
	const digits: number[] = [];
	for (let i = 0; i < text.length; i++) {
		const byte = text[i] ?? 0;
		const digit = digitOf(byte);
		if (digit >= 0) {
			digits.push(digit);
		} else if (byte === padding) {
			return decodePadded(text, i, digits);
		} else if (!isLineBreak(byte)) {
			return { wrongAt: i };
		}
	}
	const left = digits.length % 4;
	return left === 0 ? { bytes: bytesOf(digits) } : { wrongAt: text.length - left };
}

function digitOf(byte: number): number {
	return byte < 0x80 ? alphabet.indexOf(String.fromCharCode(byte)) : -1;
}

/** Three bytes for four digits; one or two for two or three. */
function bytesOf(digits: readonly number[]): Uint8Array {
	const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
	for (let i = 0; i < bytes.length; i++) {
		const at = Math.floor((i * 4) / 3);
		const pair = ((digits[at] ?? 0) << 6) | (digits[at + 1] ?? 0);
		bytes[i] = (pair >> (4 - 2 * (i % 3))) & 0xff;
	}
	return bytes;
}

const padding = 0x3d;

function isLineBreak(byte: number | undefined): boolean {
	return byte === 0x0a || byte === 0x0d;
}

/** From the first `=`: two digits want a second one, three do not, and nothing may follow. */
function decodePadded(text: Uint8Array, at: number, digits: readonly number[]): Decoded {
	const left = digits.length % 4;
	if (left < 2) {
		return { wrongAt: at };
	}
	let end = skipLineBreaks(text, at + 1);
	if (left === 2) {
		if (text[end] !== padding) {
			return { wrongAt: end === text.length ? end : end - 1 };
		}
		end = skipLineBreaks(text, end + 1);
	}
	return end < text.length ? { wrongAt: end } : { bytes: bytesOf(digits) };
}

function skipLineBreaks(text: Uint8Array, start: number): number {
	let at = start;
	while (isLineBreak(text[at])) {
		at++;
	}
	return at;
}
