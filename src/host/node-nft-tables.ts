import { closeSync } from "node:fs";
import type { NftTable } from "./host.ts";
import { encodeTablesRequest, parseTablesReply } from "./nft-table-dump.ts";
import type { Libc } from "./node-libc.ts";

const netlink = 16; // AF_NETLINK
const rawCloseOnExec = 3 | 0o2000000; // SOCK_RAW | SOCK_CLOEXEC
const netfilter = 12; // NETLINK_NETFILTER
/** The kernel has queued its answer before send(2) returns, so a wait could only be for something that is lost. */
const doNotWait = 0x40; // MSG_DONTWAIT
/** The kernel never puts more than 32 KiB in one datagram of a dump (netlink_dump in net/netlink/af_netlink.c). */
const datagramLength = 32_768;
/** Others may be writing at the same time (50 at once is a tested case); each try takes microseconds. */
const tries = 20;

export function listNftTables(libc: Libc): NftTable[] | undefined {
	const descriptor = libc.socket(netlink, rawCloseOnExec, netfilter);
	if (descriptor < 0) {
		return undefined;
	}
	try {
		for (let attempt = 1; attempt <= tries; attempt++) {
			const dump = dumpTables(descriptor, attempt, libc);
			if (dump === undefined || !dump.torn) {
				return dump?.tables;
			}
		}
		return undefined;
	} finally {
		closeSync(descriptor);
	}
}

function dumpTables(descriptor: number, sequence: number, libc: Libc): { tables: NftTable[]; torn: boolean } | undefined {
	const request = encodeTablesRequest(sequence);
	if (libc.send(descriptor, request, request.length, 0) !== request.length) {
		return undefined;
	}
	const tables: NftTable[] = [];
	let torn = false;
	for (;;) {
		const datagram = new Uint8Array(datagramLength);
		const length = libc.recv(descriptor, datagram, datagram.length, doNotWait);
		const part = length > 0 ? parseTablesReply(datagram.subarray(0, length)) : undefined;
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
