import type { ByteOrder, Bytes } from "../wire/bytes.ts";
import type { Errno } from "./errno.ts";
import type { Host, NftTable } from "./host.ts";
import {
	encodeChainsRequest,
	encodeRemoval,
	encodeTablesRequest,
	isAcknowledged,
	readChainsOf,
	readTables,
} from "./nft-table-messages.ts";

/** Others may be writing at the same time (50 at once is a tested case); each try takes microseconds. */
const tries = 20;

/** What a host asks the kernel with. */
export type Netlink = Pick<Host, "netlink" | "byteOrder">;

/** The tables, or why there are none to be shown. */
type TableAnswer =
	| { readonly kind: "tables"; readonly tables: readonly NftTable[] }
	/** The kernel has no nf_tables. */
	| { readonly kind: "none" }
	| { readonly kind: "hidden"; readonly why: string };

/** {@link Host}'s operations on tables of nf_tables, by its netlink. */
export function nftTablesBy(netlink: Netlink) {
	return {
		nftTables: (): readonly NftTable[] | undefined => {
			const answer = askTables(netlink);
			return answer.kind === "tables" ? answer.tables : undefined;
		},
		hiddenNftTables: (): string | undefined => {
			const answer = askTables(netlink);
			return answer.kind === "hidden" ? answer.why : undefined;
		},
		removeEmptyNftTable: (table: NftTable): boolean => removeEmptyTable(netlink, table),
	};
}

function askTables(netlink: Netlink): TableAnswer {
	const order = netlink.byteOrder();
	const request = encodeTablesRequest(order);
	for (let attempt = 0; attempt < tries; attempt++) {
		const answer = tablesIn(netlink.netlink(request), order);
		if (answer !== "torn") {
			return answer;
		}
	}
	return hidden("nf_tables: the tables kept changing while they were being listed");
}

function tablesIn(datagrams: readonly Bytes[] | Errno, order: ByteOrder): TableAnswer | "torn" {
	if ("name" in datagrams) {
		return withoutAnswer(datagrams);
	}
	const answer = readTables(datagrams, order);
	if (answer === undefined) {
		return hidden("nf_tables: the kernel gives no answer that can be read");
	}
	if (answer.errno !== 0) {
		return refusalOf(answer.errno);
	}
	return answer.torn ? "torn" : { kind: "tables", tables: answer.items };
}

function hidden(why: string): TableAnswer {
	return { kind: "hidden", why };
}

/** Nothing of the kind in this kernel, or something in the way. */
function withoutAnswer({ name, message }: Errno): TableAnswer {
	return name === "EPROTONOSUPPORT" || name === "EAFNOSUPPORT"
		? { kind: "none" }
		: hidden(`netlink socket: ${message}`);
}

/** EINVAL is nfnetlink's word for a subsystem that is not there, and EPERM for want of CAP_NET_ADMIN (net/netfilter/nfnetlink.c). */
function refusalOf(errno: number): TableAnswer {
	switch (errno) {
		case 22:
		case 95:
			return { kind: "none" };
		case 1:
			return hidden("nf_tables: operation not permitted");
		default:
			return hidden(`nf_tables: the kernel refuses to tell (error ${errno})`);
	}
}

function removeEmptyTable({ netlink, byteOrder }: Netlink, table: NftTable): boolean {
	const order = byteOrder();
	const dumped = netlink(encodeChainsRequest(table, order));
	const answer = "name" in dumped ? undefined : readChainsOf(table)(dumped, order);
	if (
		answer === undefined ||
		answer.errno !== 0 ||
		!answer.items.every(({ isAcceptingBase }) => isAcceptingBase)
	) {
		return false;
	}
	const removed = netlink(encodeRemoval(table, answer.items, order));
	return !("name" in removed) && isAcknowledged(removed, order);
}
