import type { NftTable } from "./host.ts";

/**
 * The two messages of "which tables are there?" as nf_tables speaks it over netlink: include/uapi/linux/netlink.h,
 * linux/netfilter/nfnetlink.h and linux/netfilter/nf_tables.h. Only bytes in, bytes out: the socket is elsewhere.
 * Netlink headers are in the machine's own byte order.
 */

/** What one datagram of the answer said. */
export type DumpPart =
	/** `last` is the kernel's "that was all"; `torn` says the tables changed while they were being listed. */
	| { readonly kind: "tables"; readonly tables: NftTable[]; readonly last: boolean; readonly torn: boolean }
	| { readonly kind: "refused"; readonly errno: number };

const headerLength = 16;
const familyHeaderLength = 4;
const nlmsgError = 2;
const nlmsgDone = 3;
const requestFlags = 0x0001 | 0x0300; // NLM_F_REQUEST | NLM_F_DUMP
const dumpInterrupted = 0x0010; // NLM_F_DUMP_INTR
const nftables = 10 << 8; // NFNL_SUBSYS_NFTABLES
const newTable = nftables | 0; // NFT_MSG_NEWTABLE
const getTable = nftables | 1; // NFT_MSG_GETTABLE
const nameAttribute = 1; // NFTA_TABLE_NAME

const familyNames = new Map<number, NftTable["family"]>([
	[1, "inet"], // NFPROTO_INET
	[2, "ipv4"], // NFPROTO_IPV4
	[10, "ipv6"], // NFPROTO_IPV6
]);

/** A request for the tables of all families (NFPROTO_UNSPEC). */
export function encodeTablesRequest(sequence: number): Uint8Array {
	const bytes = new Uint8Array(headerLength + familyHeaderLength);
	const view = new DataView(bytes.buffer);
	view.setUint32(0, bytes.length, littleEndian());
	view.setUint16(4, getTable, littleEndian());
	view.setUint16(6, requestFlags, littleEndian());
	view.setUint32(8, sequence, littleEndian());
	return bytes;
}

export function parseTablesReply(datagram: Uint8Array): DumpPart {
	const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
	const tables: NftTable[] = [];
	let torn = false;
	for (let at = 0; at + headerLength <= view.byteLength; ) {
		const length = view.getUint32(at, littleEndian());
		const type = view.getUint16(at + 4, littleEndian());
		const end = at + length;
		if (length < headerLength || end > view.byteLength) {
			break;
		}
		torn ||= (view.getUint16(at + 6, littleEndian()) & dumpInterrupted) !== 0;
		if (type === nlmsgError || type === nlmsgDone) {
			const errno = length >= headerLength + 4 ? -view.getInt32(at + headerLength, littleEndian()) : 0;
			return errno > 0 ? { kind: "refused", errno } : { kind: "tables", tables, last: true, torn };
		}
		const table = type === newTable ? parseTable(view, at + headerLength, end) : undefined;
		if (table !== undefined) {
			tables.push(table);
		}
		at = end + padding(length);
	}
	return { kind: "tables", tables, last: false, torn };
}

function parseTable(view: DataView, start: number, end: number): NftTable | undefined {
	const family = start < end ? familyNames.get(view.getUint8(start)) : undefined;
	for (let at = start + familyHeaderLength; family !== undefined && at + 4 <= end; ) {
		const length = view.getUint16(at, littleEndian());
		const type = view.getUint16(at + 2, littleEndian());
		if (length < 4 || at + length > end) {
			break;
		}
		if (type === nameAttribute) {
			return { family, name: parseName(view, at + 4, at + length) };
		}
		at += length + padding(length);
	}
	return undefined;
}

/** A string attribute ends in NUL. The kernel takes any bytes as a name, so none of them is an error. */
function parseName(view: DataView, start: number, end: number): string {
	let name = "";
	for (let at = start; at < end && view.getUint8(at) !== 0; at++) {
		name += String.fromCharCode(view.getUint8(at));
	}
	return name;
}

/** Messages and attributes begin at multiples of four (NLMSG_ALIGN, NLA_ALIGN). */
function padding(length: number): number {
	return -length & 3;
}

function littleEndian(): boolean {
	return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
}
