import { endianness } from "node:os";

/** One attribute of a netlink message: its type and what it holds (netlink(7), rtnetlink(7)). */
export interface Attribute {
	readonly type: number;
	readonly value: Uint8Array;
}

const headerLength = 16;
const isLittle = endianness() === "LE";

export function attribute(type: number, ...parts: readonly (Uint8Array | Attribute)[]): Attribute {
	return { type, value: concat(parts.map((part) => ("type" in part ? encodeAttribute(part) : part))) };
}

/** `flags` without NLM_F_REQUEST and NLM_F_ACK, which every message of ours has. */
export function netlinkMessage(
	type: number,
	flags: number,
	body: Uint8Array,
	attributes: readonly Attribute[],
): Uint8Array {
	const payload = concat([body, ...attributes.map(encodeAttribute)]);
	const [request, acknowledge] = [1, 4];
	const length = headerLength + payload.length;
	const header = concat([u32(length), u16(type), u16(flags | request | acknowledge), u32(1), u32(0)]);
	return concat([header, payload]);
}

/** The errno(3) number of an acknowledgement (struct nlmsgerr), 0 for success. */
export function acknowledgedError(answer: Uint8Array): number {
	return -new DataView(answer.buffer, answer.byteOffset).getInt32(headerLength, isLittle);
}

export function u32(value: number): Uint8Array {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value, isLittle);
	return bytes;
}

export function u16(value: number): Uint8Array {
	const bytes = new Uint8Array(2);
	new DataView(bytes.buffer).setUint16(0, value, isLittle);
	return bytes;
}

export function text(value: string): Uint8Array {
	return Buffer.from(`${value}\0`);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
	return new Uint8Array(Buffer.concat(parts));
}

function encodeAttribute({ type, value }: Attribute): Uint8Array {
	const length = 4 + value.length;
	return concat([u16(length), u16(type), value, new Uint8Array(-length & 3)]);
}
