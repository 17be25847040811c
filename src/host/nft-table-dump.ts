import type { NftTable } from "./host.ts";

/**
 * The two messages of "which tables are there?" as nf_tables speaks it over netlink: include/uapi/linux/netlink.h,
 * linux/netfilter/nfnetlink.h and linux/netfilter/nf_tables.h. Only bytes in, bytes out: the socket is elsewhere.
 * Bytes are plain numbers rather than a DataView, because the native program leaves typed arrays out.
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
	const tables: NftTable[] = [];
	let torn = false;
	for (let at = 0; at + headerLength <= bytes.length; ) {
		const length = parseInteger(bytes, at, 4, order);
		const type = parseInteger(bytes, at + 4, 2, order);
		const end = at + length;
		if (length < headerLength || end > bytes.length) {
			break;
		}
		torn ||= (parseInteger(bytes, at + 6, 2, order) & interruptedFlag) !== 0;
		if (type === errorMessage || type === doneMessage) {
			const errno = length < headerLength + 4 ? 0 : -(parseInteger(bytes, at + headerLength, 4, order) | 0);
			return errno > 0 ? { kind: "refused", errno } : { kind: "tables", tables, last: true, torn };
		}
		const table = type === newTable ? parseTable(bytes, at + headerLength, end, order) : undefined;
		if (table !== undefined) {
			tables.push(table);
		}
		at = end + padding(length);
	}
	return { kind: "tables", tables, last: false, torn };
}

function parseTable(bytes: ArrayLike<number>, start: number, end: number, order: ByteOrder): NftTable | undefined {
	const family = start < end ? familyNames.get(bytes[start] ?? 0) : undefined;
	for (let at = start + familyHeaderLength; family !== undefined && at + 4 <= end; ) {
		const length = parseInteger(bytes, at, 2, order);
		if (length < 4 || at + length > end) {
			break;
		}
		if (parseInteger(bytes, at + 2, 2, order) === nameAttribute) {
			return { family, name: parseName(bytes, at + 4, at + length) };
		}
		at += length + padding(length);
	}
	return undefined;
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
	const bytes = Array.from({ length: width }, (_, index) => (value >>> (8 * index)) & 0xff);
	return order === "little" ? bytes : bytes.reverse();
}

function parseInteger(bytes: ArrayLike<number>, at: number, width: number, order: ByteOrder): number {
	let value = 0;
	for (let index = 0; index < width; index++) {
		value = value * 256 + (bytes[at + (order === "little" ? width - 1 - index : index)] ?? 0);
	}
	return value;
}

/** Messages and attributes begin at multiples of four (NLMSG_ALIGN, NLA_ALIGN). */
function padding(length: number): number {
	return -length & 3;
}
