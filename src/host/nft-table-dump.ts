import type { NftTable } from "./host.ts";

/**
 * The two messages of "which tables are there?" as nf_tables speaks it over netlink: include/uapi/linux/netlink.h,
 * linux/netfilter/nfnetlink.h and linux/netfilter/nf_tables.h. Only bytes in, bytes out: the socket is elsewhere.
 * Bytes are plain numbers rather than a DataView, since that is how the native program hands them over.
 */

/** Netlink headers are in the machine's own order. */
export type ByteOrder = "little" | "big";

/** What one datagram of the answer said. */
export type DumpPart =
	/** `last` is the kernel's "that was all"; `torn` says that the tables changed while they were being listed. */
	| { readonly kind: "tables"; readonly tables: NftTable[]; readonly last: boolean; readonly torn: boolean }
	| { readonly kind: "refused"; readonly errno: number };

const headerLength = 16;
const familyHeaderLength = 4;
const attributeHeaderLength = 4;
const errorMessage = 2; // NLMSG_ERROR
const doneMessage = 3; // NLMSG_DONE
const requestFlags = 0x0001 | 0x0300; // NLM_F_REQUEST | NLM_F_DUMP
const interruptedFlag = 0x0010; // NLM_F_DUMP_INTR
const subsystem = 10 << 8; // NFNL_SUBSYS_NFTABLES
const newTable = subsystem; // NFT_MSG_NEWTABLE is 0
const getTable = subsystem | 1; // NFT_MSG_GETTABLE
const nameAttribute = 1; // NFTA_TABLE_NAME

const familyNames = new Map<number, NftTable["family"]>([
	[1, "inet"], // NFPROTO_INET
	[2, "ipv4"], // NFPROTO_IPV4
	[10, "ipv6"], // NFPROTO_IPV6
]);

/** A request for the tables of all families, whose family header is NFPROTO_UNSPEC and so all zeros. */
export function encodeTablesRequest(sequence: number, order: ByteOrder): number[] {
	return [
		...encodeInteger(headerLength + familyHeaderLength, 4, order),
		...encodeInteger(getTable, 2, order),
		...encodeInteger(requestFlags, 2, order),
		...encodeInteger(sequence, 4, order),
		...encodeInteger(0, 4, order), // port: the kernel fills it in
		...encodeInteger(0, familyHeaderLength, order),
	];
}

export function parseTablesReply(bytes: ArrayLike<number>, order: ByteOrder): DumpPart {
	const messages = splitMessages(bytes, order);
	const end = messages.find(({ type }) => type === errorMessage || type === doneMessage);
	const errno = end === undefined ? 0 : parseErrno(bytes, end, order);
	if (errno > 0) {
		return { kind: "refused", errno };
	}
	const tables = messages.flatMap((message) => parseTable(bytes, message, order) ?? []);
	const torn = messages.some(({ flags }) => (flags & interruptedFlag) !== 0);
	return { kind: "tables", tables, last: end !== undefined, torn };
}

/** Where a message's or an attribute's content lies. */
interface Span {
	readonly type: number;
	readonly start: number;
	readonly end: number;
}

interface Message extends Span {
	readonly flags: number;
}

/** As many as are whole: what a kernel we do not know might send after them says nothing about tables. */
function splitMessages(bytes: ArrayLike<number>, order: ByteOrder): Message[] {
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
function findAttribute(
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
function parseErrno(bytes: ArrayLike<number>, { start, end }: Span, order: ByteOrder): number {
	return end - start < 4 ? 0 : -(parseInteger(bytes, start, order) | 0);
}

function parseTable(bytes: ArrayLike<number>, message: Message, order: ByteOrder): NftTable | undefined {
	const family = familyNames.get(bytes[message.start] ?? 0);
	if (message.type !== newTable || family === undefined) {
		return undefined;
	}
	const content = { start: message.start + familyHeaderLength, end: message.end };
	const name = findAttribute(bytes, content, nameAttribute, order);
	return name && { family, name: parseName(bytes, name.start, name.end) };
}

/** A string attribute ends in NUL. The kernel takes any bytes as a name, so none of them is an error here. */
function parseName(bytes: ArrayLike<number>, start: number, end: number): string {
	let name = "";
	for (let at = start; at < end && bytes[at] !== 0; at++) {
		name += String.fromCharCode(bytes[at] ?? 0);
	}
	return name;
}

function encodeInteger(value: number, width: number, order: ByteOrder): number[] {
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
function parseInteger(bytes: ArrayLike<number>, at: number, order: ByteOrder): number {
	const first = parseShort(bytes, at, order);
	const second = parseShort(bytes, at + 2, order);
	return order === "little" ? first + 0x10000 * second : 0x10000 * first + second;
}

/** Messages and attributes begin at multiples of four (NLMSG_ALIGN, NLA_ALIGN). */
function padding(length: number): number {
	return -length & 3;
}
