import { endianness } from "node:os";
import type { ByteOrder } from "../wire/bytes.ts";

export const machineOrder: ByteOrder = endianness() === "LE" ? "little" : "big";

/** Whether each character is a byte. */
export function isByteString(text: string): boolean {
	return !/[^\0-\xff]/.test(text);
}

/** One byte for each character of a byte string. */
export function toBytes(text: string): Buffer {
	return Buffer.from(text, "latin1");
}

/** One character for each byte. */
export function toByteString(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
