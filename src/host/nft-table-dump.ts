import {
	type ByteOrder,
	doneMessage,
	dumpFlags,
	encodeInteger,
	encodeMessage,
	errorMessage,
	findAttribute,
	type Message,
	type MessageHeader,
	parseErrno,
	parseName,
	splitMessages,
} from "../linux/netlink.ts";
import type { NftTable } from "./host.ts";

/** The two messages of "which tables are there?" as nf_tables speaks it over netlink. */

/** As include/uapi/linux/netfilter/nfnetlink.h and nf_tables.h have them. */
export const subsystem = 10 << 8; // NFNL_SUBSYS_NFTABLES
export const familyHeaderLength = 4; // struct nfgenmsg

export const familyNames = new Map<number, NftTable["family"]>([
	[1, "inet"], // NFPROTO_INET
	[2, "ipv4"], // NFPROTO_IPV4
	[10, "ipv6"], // NFPROTO_IPV6
]);

/** What one datagram of the answer said. */
export type DumpPart =
	/** `last` is the kernel's "that was all"; `torn` says that the tables changed while they were being listed. */
	| { readonly kind: "tables"; readonly tables: NftTable[]; readonly last: boolean; readonly torn: boolean }
	| { readonly kind: "refused"; readonly errno: number };

const interruptedFlag = 0x0010; // NLM_F_DUMP_INTR
const newTable = subsystem; // NFT_MSG_NEWTABLE is 0
const getTable = subsystem | 1; // NFT_MSG_GETTABLE
const nameAttribute = 1; // NFTA_TABLE_NAME

/** A request for the tables of all families, whose family header is NFPROTO_UNSPEC and so all zeros. */
export function encodeTablesRequest(sequence: number, order: ByteOrder): number[] {
	return encodeNftMessage({ type: getTable, flags: dumpFlags, family: 0, sequence }, [], order);
}

export interface NftHeader extends MessageHeader {
	readonly family: number;
	readonly resource?: number;
}

/** The resource is in network order, as all inside nfgenmsg is that has more than one byte. */
export function encodeNftMessage(
	{ family, resource = 0, ...header }: NftHeader,
	attributes: readonly number[],
	order: ByteOrder,
): number[] {
	return encodeMessage(header, [family, 0, ...encodeInteger(resource, 2, "big"), ...attributes], order);
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

function parseTable(bytes: ArrayLike<number>, message: Message, order: ByteOrder): NftTable | undefined {
	const family = familyNames.get(bytes[message.start] ?? 0);
	if (message.type !== newTable || family === undefined) {
		return undefined;
	}
	const content = { start: message.start + familyHeaderLength, end: message.end };
	const name = findAttribute(bytes, content, nameAttribute, order);
	return name && { family, name: parseName(bytes, name.start, name.end) };
}
