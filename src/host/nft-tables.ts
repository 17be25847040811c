import type { NftTable } from "./host.ts";
import { type ByteOrder, encodeTablesRequest, parseTablesReply } from "./nft-table-dump.ts";

/** A NETLINK_NETFILTER socket of this network namespace (netlink(7)). */
export interface NetlinkSocket {
	readonly order: ByteOrder;
	/** Whether all of it was sent. */
	send(bytes: readonly number[]): boolean;
	/** The next datagram, or undefined when there is none. */
	receive(): ArrayLike<number> | undefined;
}

/** Others may be writing at the same time (50 at once is a tested case); each try takes microseconds. */
const tries = 20;

/** Undefined when the kernel refuses (no nf_tables, no CAP_NET_ADMIN) or never comes to rest. */
export function listNftTables(socket: NetlinkSocket): NftTable[] | undefined {
	for (let attempt = 1; attempt <= tries; attempt++) {
		const dump = dumpTables(socket, attempt);
		if (dump === undefined || !dump.torn) {
			return dump?.tables;
		}
	}
	return undefined;
}

function dumpTables(
	socket: NetlinkSocket,
	sequence: number,
): { tables: NftTable[]; torn: boolean } | undefined {
	const tables: NftTable[] = [];
	let torn = false;
	if (!socket.send(encodeTablesRequest(sequence, socket.order))) {
		return undefined;
	}
	for (;;) {
		const datagram = socket.receive();
		const part = datagram === undefined ? undefined : parseTablesReply(datagram, socket.order);
		if (part?.kind !== "tables") {
			return undefined;
		}
		tables.push(...part.tables);
		torn ||= part.torn;
		if (part.last) {
			return { tables, torn };
		}
	}
}
