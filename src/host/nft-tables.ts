import { acknowledgedErrno, type NetlinkSocket } from "../linux/netlink.ts";
import type { Errno } from "./errno.ts";
import type { NftTable } from "./host.ts";
import { type DumpPart, encodeTablesRequest, parseTablesReply } from "./nft-table-dump.ts";
import {
	encodeChainsRequest,
	encodeRemoval,
	type FoundChain,
	parseChainsReply,
} from "./nft-table-removal.ts";

/** Others may be writing at the same time (50 at once is a tested case); each try takes microseconds. */
const tries = 20;

/** The tables, or why there are none to be shown. */
export type NftTableAnswer =
	| { readonly kind: "tables"; readonly tables: readonly NftTable[] }
	/** The kernel has no nf_tables. */
	| { readonly kind: "none" }
	| { readonly kind: "hidden"; readonly why: string };

/** What became of opening a socket: nothing of the kind in this kernel, or something in the way. */
export function answerWithoutSocket({ name, message }: Errno): NftTableAnswer {
	return name === "EPROTONOSUPPORT" || name === "EAFNOSUPPORT"
		? { kind: "none" }
		: { kind: "hidden", why: `netlink socket: ${message}` };
}

export function askNftTables(socket: NetlinkSocket): NftTableAnswer {
	for (let attempt = 1; attempt <= tries; attempt++) {
		const answer = dumpTables(socket, attempt);
		if (answer !== "torn") {
			return answer;
		}
	}
	return { kind: "hidden", why: "nf_tables: the tables kept changing while they were being listed" };
}

function dumpTables(socket: NetlinkSocket, sequence: number): NftTableAnswer | "torn" {
	const tables: NftTable[] = [];
	let torn = false;
	if (!socket.send(encodeTablesRequest(sequence, socket.order))) {
		return { kind: "hidden", why: "nf_tables: the kernel takes no question" };
	}
	for (;;) {
		const part = receivePart(socket);
		if (part.kind !== "tables") {
			return part.kind === "refused" ? refusalOf(part.errno) : part;
		}
		tables.push(...part.tables);
		torn ||= part.torn;
		if (part.last) {
			return torn ? "torn" : { kind: "tables", tables };
		}
	}
}

function receivePart(socket: NetlinkSocket): DumpPart | Extract<NftTableAnswer, { kind: "hidden" }> {
	const datagram = socket.receive();
	return datagram === undefined
		? { kind: "hidden", why: "nf_tables: the kernel gives no answer" }
		: parseTablesReply(datagram, socket.order);
}

/** EINVAL is nfnetlink's word for a subsystem that is not there, and EPERM for want of CAP_NET_ADMIN (net/netfilter/nfnetlink.c). */
function refusalOf(errno: number): NftTableAnswer {
	switch (errno) {
		case 22:
		case 95:
			return { kind: "none" };
		case 1:
			return { kind: "hidden", why: "nf_tables: operation not permitted" };
		default:
			return { kind: "hidden", why: `nf_tables: the kernel refuses to tell (error ${errno})` };
	}
}

export function tablesIn(answer: NftTableAnswer): readonly NftTable[] | undefined {
	return answer.kind === "tables" ? answer.tables : undefined;
}

export function whyHidden(answer: NftTableAnswer): string | undefined {
	return answer.kind === "hidden" ? answer.why : undefined;
}

/** As {@link Host.removeEmptyNftTable}. The kernel has dealt with a transaction, and answered, before `send` returns. */
export function removeEmptyTable(socket: NetlinkSocket, table: NftTable): boolean {
	const chains = chainsOf(socket, table);
	if (chains?.every(({ isAcceptingBase }) => isAcceptingBase) !== true) {
		return false;
	}
	const answer = socket.send(encodeRemoval(table, chains, socket.order)) ? socket.receive() : undefined;
	return answer !== undefined && acknowledgedErrno(answer, socket.order) === 0;
}

function chainsOf(socket: NetlinkSocket, table: NftTable): FoundChain[] | undefined {
	const chains: FoundChain[] = [];
	if (!socket.send(encodeChainsRequest(table, socket.order))) {
		return undefined;
	}
	for (;;) {
		const datagram = socket.receive();
		const part = datagram && parseChainsReply(datagram, table, socket.order);
		if (part === undefined || part.refused) {
			return undefined;
		}
		chains.push(...part.chains);
		if (part.last) {
			return chains;
		}
	}
}
