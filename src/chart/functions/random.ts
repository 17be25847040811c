import { base64Encode } from "../go/base64.ts";
import { CallError } from "../go/call-error.ts";
import { int } from "../go/value.ts";
import type { ChartPort } from "../port.ts";
import { type FunctionTable, fixed } from "./function.ts";

const digits = "0123456789";
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i)).join("");

/** sprig's random things, from the bytes that the port has. */
export function randomFunctions(port: ChartPort): FunctionTable {
	const from = (alphabet: string) => fixed(["int"], (count) => pick(port, alphabet, count));
	return {
		randAlphaNum: from(letters + digits),
		randAlpha: from(letters),
		randNumeric: from(digits),
		randAscii: from(printable),
		randBytes: fixed(["int"], (count) => base64Encode(randomBytes(port, count))),
		randInt: fixed(["int", "int"], (min, max) => int(min + randomBelow(port, max - min))),
		uuidv4: fixed([], () => uuid(randomBytes(port, 16))),
	};
}

function randomBytes(port: ChartPort, count: number): Uint8Array {
	if (port.randomBytes === undefined) {
		throw new CallError("random numbers are not available here");
	}
	if (count < 0 || count > 1_000_000) {
		throw new CallError(`cannot make ${count} random bytes`);
	}
	return port.randomBytes(count);
}

/** Bytes that would favour some characters are thrown away. */
function pick(port: ChartPort, alphabet: string, count: number): string {
	const limit = 256 - (256 % alphabet.length);
	let text = "";
	while (text.length < count) {
		for (const byte of randomBytes(port, count - text.length)) {
			text += byte < limit ? alphabet.charAt(byte % alphabet.length) : "";
		}
	}
	return text;
}

function randomBelow(port: ChartPort, limit: number): number {
	if (limit <= 0) {
		throw new CallError("invalid argument to Intn");
	}
	const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = randomBytes(port, 6);
	return (((((a * 256 + b) * 256 + c) * 256 + d) * 256 + e) * 256 + f) % limit;
}

/** RFC 9562, version 4. */
function uuid(bytes: Uint8Array): string {
	const hex = Array.from(bytes, (byte, i) => {
		const fixedBits = i === 6 ? (byte & 0x0f) | 0x40 : i === 8 ? (byte & 0x3f) | 0x80 : byte;
		return fixedBits.toString(16).padStart(2, "0");
	}).join("");
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
