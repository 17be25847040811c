/**
 * Netlink's messages and attributes (include/uapi/linux/netlink.h), for all who speak it. Only bytes in, bytes out: the
 * socket is elsewhere. Bytes are plain numbers rather than a DataView, since that is how the native program hands them
 * over.
 */

/** Netlink headers are in the machine's own order. */
export type ByteOrder = "little" | "big";

const headerLength = 16;
const attributeHeaderLength = 4;
export const errorMessage = 2; // NLMSG_ERROR
export const doneMessage = 3; // NLMSG_DONE
const requestFlag = 0x0001; // NLM_F_REQUEST
export const acknowledgeFlag = 0x0004; // NLM_F_ACK
export const dumpFlags = 0x0300; // NLM_F_DUMP

/** A netlink socket of this network namespace (netlink(7)). */
export interface NetlinkSocket {
	readonly order: ByteOrder;
	/** Whether all of it was sent. */
	send(bytes: readonly number[]): boolean;
	/** The next datagram, or undefined when there is none. */
	receive(): ArrayLike<number> | undefined;
}

/** Where a message's or an attribute's content lies. */
export interface Span {
	readonly type: number;
	readonly start: number;
	readonly end: number;
}

export interface Message extends Span {
	readonly flags: number;
}

/** As many as are whole: what a kernel we do not know might send after them says nothing about tables. */
export function splitMessages(bytes: ArrayLike<number>, order: ByteOrder): Message[] {
	const messages: Message[] = [];
	for (let at = 0; at + headerLength <= bytes.length; ) {
		const length = parseInteger(bytes, at, order);
		const type = parseShort(bytes, at + 4, order);
		const flags = parseShort(bytes, at + 6, order);
		if (length < headerLength || at + length > bytes.length) {
			break;
		}
		messages.push({ type, flags, start: at + headerLength, end: at + length });
		at += length + padding(length);
	}
	return messages;
}

/** The first of that type. */
export function findAttribute(
	bytes: ArrayLike<number>,
	{ start, end }: Omit<Span, "type">,
	wanted: number,
	order: ByteOrder,
): Span | undefined {
	for (let at = start; at + attributeHeaderLength <= end; ) {
		const length = parseShort(bytes, at, order);
		const type = parseShort(bytes, at + 2, order);
		if (length < attributeHeaderLength || at + length > end) {
			break;
		}
		if (type === wanted) {
			return { type, start: at + attributeHeaderLength, end: at + length };
		}
		at += length + padding(length);
	}
	return undefined;
}

/** Both kinds of last message begin with a negated errno, or 0. */
export function parseErrno(bytes: ArrayLike<number>, { start, end }: Span, order: ByteOrder): number {
	return end - start < 4 ? 0 : -(parseInteger(bytes, start, order) | 0);
}

/**
 * Of an answer that is nothing but acknowledgements (struct nlmsgerr), the first errno(3) number, 0 when all say
 * success; undefined where it is something else.
 */
export function acknowledgedErrno(bytes: ArrayLike<number>, order: ByteOrder): number | undefined {
	const messages = splitMessages(bytes, order);
	return messages.length === 0 || messages.some(({ type }) => type !== errorMessage)
		? undefined
		: (messages.map((message) => parseErrno(bytes, message, order)).find((errno) => errno !== 0) ?? 0);
}

/** A string attribute ends in NUL. The kernel takes any bytes as a name, so none of them is an error here. */
export function parseName(bytes: ArrayLike<number>, start: number, end: number): string {
	let name = "";
	for (let at = start; at < end && bytes[at] !== 0; at++) {
		name += String.fromCharCode(bytes[at] ?? 0);
	}
	return name;
}

export interface MessageHeader {
	readonly type: number;
	/** Without NLM_F_REQUEST, which every message of ours has. */
	readonly flags: number;
	/** Answers carry it again. */
	readonly sequence?: number;
}

/** A body is what is fixed for the type, and attributes. */
export function encodeMessage(
	{ type, flags, sequence = 1 }: MessageHeader,
	body: readonly number[],
	order: ByteOrder,
): number[] {
	return [
		...encodeInteger(headerLength + body.length, 4, order),
		...encodeInteger(type, 2, order),
		...encodeInteger(flags | requestFlag, 2, order),
		...encodeInteger(sequence, 4, order),
		...encodeInteger(0, 4, order), // port: the kernel fills it in
		...body,
	];
}

/** Its padding is not part of its length. */
export function encodeAttribute(type: number, content: readonly number[], order: ByteOrder): number[] {
	const length = attributeHeaderLength + content.length;
	return [
		...encodeInteger(length, 2, order),
		...encodeInteger(type, 2, order),
		...content,
		...new Array<number>(padding(length)).fill(0),
	];
}

/** What {@link parseName} reads: each character is one byte. */
export function encodeText(text: string): number[] {
	return [...[...text].map((character) => character.charCodeAt(0)), 0];
}

export function encodeInteger(value: number, width: number, order: ByteOrder): number[] {
	const bytes: number[] = [];
	for (let index = 0; index < width; index++) {
		bytes.push((value >>> (8 * index)) & 0xff);
	}
	return order === "little" ? bytes : bytes.reverse();
}

/** Of two bytes. */
function parseShort(bytes: ArrayLike<number>, at: number, order: ByteOrder): number {
	const first = bytes[at] ?? 0;
	const second = bytes[at + 1] ?? 0;
	return order === "little" ? first + 0x100 * second : 0x100 * first + second;
}

/** Of four bytes. */
export function parseInteger(bytes: ArrayLike<number>, at: number, order: ByteOrder): number {
	const first = parseShort(bytes, at, order);
	const second = parseShort(bytes, at + 2, order);
	return order === "little" ? first + 0x10000 * second : 0x10000 * first + second;
}

/** Messages and attributes begin at multiples of four (NLMSG_ALIGN, NLA_ALIGN). */
function padding(length: number): number {
	return -length & 3;
}
