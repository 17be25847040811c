import { readAnswer } from "../wire/answers.ts";
import { makeBatch, type Step } from "../wire/batch.ts";
import type { ByteOrder, Bytes } from "../wire/bytes.ts";
import { cString, words } from "../wire/bytes.ts";
import { readDump } from "../wire/dump.ts";
import { chainField, messageType, tableField } from "../wire/nf-tables.ts";
import { type ChainObject, chainOf, tableOf } from "../wire/objects.ts";
import { dumpChains, dumpTables } from "../wire/requests.ts";
import type { Errno } from "./errno.ts";
import type { HiddenTables, Host, NftTable } from "./host.ts";

/** Others may be writing at the same time (50 at once is a tested case); each try takes microseconds. */
const tries = 20;

/** What a host asks the kernel with. */
export type Netlink = Pick<Host, "netlink" | "byteOrder">;

/** The tables, or why there are none to be shown. */
type TableAnswer =
	| { readonly kind: "tables"; readonly tables: readonly NftTable[] }
	/** The kernel has no nf_tables. */
	| { readonly kind: "none" }
	| ({ readonly kind: "hidden" } & HiddenTables);

/** {@link Host}'s operations on tables of nf_tables, by its netlink. */
export function nftTablesBy(netlink: Netlink) {
	return {
		nftTables: (): readonly NftTable[] | undefined => {
			const answer = askTables(netlink);
			return answer.kind === "tables" ? answer.tables : undefined;
		},
		hiddenNftTables: (): HiddenTables | undefined => {
			const answer = askTables(netlink);
			return answer.kind === "hidden" ? { why: answer.why, code: answer.code } : undefined;
		},
		removeEmptyNftTable: (table: NftTable): boolean => removeEmptyTable(netlink, table),
	};
}

function askTables(netlink: Netlink): TableAnswer {
	const order = netlink.byteOrder();
	const request = dumpTables(order);
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
	const dump = readDump(datagrams, messageType.newTable, order);
	switch (dump.kind) {
		case "told": {
			const tables = dump.objects.flatMap((told) => (told.scope === undefined ? [] : [tableOf(told, order)]));
			return tables.includes(undefined)
				? hidden(unreadable)
				: {
						kind: "tables",
						tables: tables.flatMap((table) =>
							table?.scope === undefined ? [] : [{ family: table.scope, name: table.name }],
						),
					};
		}
		case "torn":
			return "torn";
		case "refused":
			return refusalOf(dump.errno);
		case "unreadable":
			return hidden(unreadable);
	}
}

const unreadable = "nf_tables: the kernel gives no answer that can be read";

function hidden(why: string, code: HiddenTables["code"] = "refused"): TableAnswer {
	return { kind: "hidden", why, code };
}

/**
 * Nothing of the kind in this kernel, or something in the way. Every kernel with a network has netlink itself: where the
 * whole family of sockets is not supported, a filter says so (RestrictAddressFamilies= of systemd.exec(5)).
 */
function withoutAnswer({ name, message }: Errno): TableAnswer {
	return name === "EPROTONOSUPPORT"
		? { kind: "none" }
		: hidden(
				`netlink socket: ${message}`,
				name === "EPERM" || name === "EACCES" ? "not-permitted" : "refused",
			);
}

/** EINVAL is nfnetlink's word for a subsystem that is not there, and EPERM for want of CAP_NET_ADMIN (net/netfilter/nfnetlink.c). */
function refusalOf(errno: number): TableAnswer {
	switch (errno) {
		case 22:
		case 95:
			return { kind: "none" };
		case 1:
			return hidden("nf_tables: operation not permitted", "not-permitted");
		default:
			return hidden(`nf_tables: the kernel refuses to tell (error ${errno})`);
	}
}

/**
 * Each of the chains and then the table is deleted only where nothing is left inside, in one transaction
 * (nf_tables_delchain and nf_tables_deltable in net/netfilter/nf_tables_api.c).
 */
function removeEmptyTable({ netlink, byteOrder }: Netlink, { family, name }: NftTable): boolean {
	const order = byteOrder();
	const chains = chainsOf(netlink(dumpChains(order, family)), name, order);
	if (chains?.every(({ base }) => base?.policy === accept) !== true) {
		return false;
	}
	const { attribute } = words[order];
	const step = (type: number, attributes: Bytes): Step => ({
		type,
		flags: nonRecursive,
		scope: family,
		attributes,
		about: `table ${name}`,
	});
	const batch = makeBatch(
		[
			...chains.map((chain) =>
				step(
					messageType.deleteChain,
					attribute(chainField.table, cString(name)) + attribute(chainField.name, cString(chain.name)),
				),
			),
			step(messageType.deleteTable, attribute(tableField.name, cString(name))),
		],
		{ order },
	);
	const answer = netlink(batch.bytes);
	return !("name" in answer) && readAnswer(answer, batch, order).kind === "done";
}

const nonRecursive = 0x100; // NLM_F_NONREC
const accept = 1; // NF_ACCEPT

/** Of one table; undefined where they are not told, or cannot be read. */
function chainsOf(
	datagrams: readonly Bytes[] | Errno,
	table: string,
	order: ByteOrder,
): ChainObject[] | undefined {
	const dump = "name" in datagrams ? undefined : readDump(datagrams, messageType.newChain, order);
	if (dump?.kind !== "told") {
		return undefined;
	}
	const chains = dump.objects.map((told) => chainOf(told, order));
	return chains.some((chain) => chain === undefined)
		? undefined
		: chains.flatMap((chain) => (chain?.table === table ? [chain] : []));
}
