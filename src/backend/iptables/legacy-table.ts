import type { Family } from "../../domain/family.ts";
import type { Errno, Host } from "../../host/host.ts";
import { buildEntries, replaceRequest, restoreCounters } from "../../wire/build-ip-table.ts";
import { type Bytes, type Words, words } from "../../wire/bytes.ts";
import type { IpTable } from "../../wire/ip-table.ts";
import {
	entriesIn,
	entriesRequest,
	infoRequest,
	readInfo,
	revisionRequest,
	type TableInfo,
} from "../../wire/ip-table-requests.ts";
import { natTableOf } from "../../wire/ip-words.ts";
import { type ReadTable, readIpTable } from "../../wire/read-ip-table.ts";
import { BackendError } from "../backend-error.ts";
import { KernelFailure } from "../kernel-failure.ts";
import { lackOf, type Piece } from "../kernel-lack.ts";
import { isBare, withOurComments, withoutOurComments } from "./bare-table.ts";
import { type OwnState, ownStateOf } from "./own-state.ts";

/** A nat table as ip_tables or ip6_tables holds it, and how many entries that are. */
export interface LegacyTable {
	readonly family: Family;
	/** Taken apart where somebody asks. Throws {@link BackendError} where it is not understood. */
	readonly table: IpTable;
	readonly entryCount: number;
	readonly info: TableInfo;
	/** As they came. */
	readonly entries: Bytes;
	/** Whether the table, as far as it was taken apart, had our rules without comments, as the kernel takes none. */
	readonly isBare: boolean;
}

export function orderOf(host: Host): Words {
	return words[host.byteOrder()];
}

/** Others may be writing between the two questions; each try takes microseconds. */
const tries = 100;

/** Reads it, which makes one where there is none. Throws {@link BackendError}. */
export function readLegacyTable(host: Host, family: Family): LegacyTable {
	const order = orderOf(host);
	for (let attempt = 0; attempt < tries; attempt++) {
		const told = host.xtables(family, "info", infoRequest);
		if (typeof told !== "string") {
			throw tableFailure(host, family, told);
		}
		const info = infoIn(family, told, order);
		const answer = host.xtables(family, "entries", entriesRequest(info, order));
		if (typeof answer === "string") {
			return legacyTable(host, family, { info, entries: entriesIn(answer), order });
		}
		if (answer.name !== "EAGAIN") {
			throw tableFailure(host, family, answer);
		}
	}
	throw new BackendError("refused", `${names[family]}: the table kept changing while it was being read`);
}

/** What was last told of a family's table beside entries, which is the same for most, as in {@link takeApart}. */
const lastInfo = new Map<Family, { readonly told: Bytes; readonly order: Words; readonly info: TableInfo }>();

/** The very same object where the same was told last. */
function infoIn(family: Family, told: Bytes, order: Words): TableInfo {
	const last = lastInfo.get(family);
	if (last?.told === told && last.order === order) {
		return last.info;
	}
	const info = readInfo(told, order);
	lastInfo.set(family, { told, order, info });
	return info;
}

interface Told {
	readonly info: TableInfo;
	readonly entries: Bytes;
	readonly order: Words;
}

function legacyTable(host: Host, family: Family, { info, entries, order }: Told): LegacyTable {
	let known: IpTable | undefined;
	let isKnownBare = false;
	const takenApart = () => {
		const { table, isWithoutComments } = takeApart(family, { info, entries, order });
		if ("why" in table) {
			throw new BackendError("refused", `${names[family]}: ${table.why}, so it is left as it is`);
		}
		isKnownBare = isWithoutComments && !takesComments(host, family);
		return isKnownBare ? withOurComments(table, order) : table;
	};
	return {
		family,
		info,
		entries,
		entryCount: info.entryCount,
		get isBare() {
			return isKnownBare;
		},
		get table() {
			known ??= takenApart();
			return known;
		},
	};
}

interface TakenApart extends Told {
	readonly table: ReadTable;
	/** Whether it has our rules, and without comments. */
	readonly isWithoutComments: boolean;
}

/** The last table of a family, since most are the one that the kernel makes for a new network namespace. */
const lastTakenApart = new Map<Family, TakenApart>();

function takeApart(family: Family, told: Told): TakenApart {
	const { info, entries, order } = told;
	const last = lastTakenApart.get(family);
	if (last?.entries === entries && last.order === order && last.info === info) {
		return last;
	}
	const table = readIpTable(family, info, entries, order);
	const taken = { ...told, table, isWithoutComments: !("why" in table) && isBare(table, order) };
	lastTakenApart.set(family, taken);
	return taken;
}

/** Whether the kernel lets rules have comments. */
function takesComments(host: Host, family: Family): boolean {
	const answer = host.xtables(family, "match-revision", revisionRequest({ name: "comment", revision: 0 }));
	return typeof answer === "string" || answer.name !== "ENOENT";
}

/**
 * Puts another table in the place of one that was read, and gives the rules that are still there back what they had
 * counted. Answers how that was done; undefined where it was not, as somebody changed the number of its entries meanwhile, which is all
 * that the kernel looks at, so that the xtables lock has to be had from the reading on. A kernel that takes no comments is
 * given our rules without. Throws {@link BackendError}.
 */
export function replaceLegacyTable(
	host: Host,
	before: Pick<LegacyTable, "entryCount">,
	wanted: IpTable,
): Replaced | undefined {
	try {
		return replaceAsItIs(host, before, wanted) ? "as-wanted" : undefined;
	} catch (error) {
		if (error instanceof BackendError && error.lack?.modules.join() === "xt_comment") {
			const bare = withoutOurComments(wanted, orderOf(host));
			return replaceAsItIs(host, before, bare) ? "without-comments" : undefined;
		}
		throw error;
	}
}

export type Replaced = "as-wanted" | "without-comments";

function replaceAsItIs(host: Host, before: Pick<LegacyTable, "entryCount">, wanted: IpTable): boolean {
	const order = orderOf(host);
	const { family } = wanted;
	const built = buildEntries(wanted, order);
	const old = host.xtables(family, "replace", replaceRequest(built, before.entryCount, order));
	if (typeof old !== "string") {
		if (old.name === "EAGAIN") {
			return false;
		}
		throw ruleFailure(host, family, old);
	}
	const counters = restoreCounters(built, old, order);
	const given = counters === undefined ? "" : host.xtables(family, "add-counters", counters);
	if (typeof given !== "string") {
		host.log(`${names[family]}: what others' rules had counted is lost (${given.message})`);
	}
	return true;
}

/** Our part of a table, in the terms in which it is held against a plan. */
export function ownStateIn(host: Host, table: IpTable): OwnState {
	const { chains } = natTableOf(table, orderOf(host));
	return ownStateOf(chains);
}

const names: Readonly<Record<Family, string>> = {
	ipv4: "ip_tables' table nat",
	ipv6: "ip6_tables' table nat",
};

/**
 * ENOPROTOOPT where ip_tables itself is not there, ENOENT where its nat table is not (net/ipv4/netfilter/ip_tables.c); the
 * target tells whether that is for want of what both need.
 */
function tableFailure(host: Host, family: Family, answer: Errno): KernelFailure {
	switch (answer.name) {
		case "ENOPROTOOPT":
		case "EAFNOSUPPORT":
			return failureOf(host, family, answer, [{ kind: "ip-tables", family }]);
		case "ENOENT":
			return failureOf(host, family, answer, [
				{ kind: "nat-table", family },
				...lackedExtensions(host, family).filter(({ name }) => name === "REDIRECT"),
			]);
		default:
			return failureOf(host, family, answer, []);
	}
}

/** ENOENT where a match or target is not there; EINVAL in gVisor, which says that to all that it does not take. */
function ruleFailure(host: Host, family: Family, answer: Errno): KernelFailure {
	const lacked = ["ENOENT", "EINVAL"].includes(answer.name) ? lackedExtensions(host, family) : [];
	const isUnknown = answer.name === "ENOENT" && lacked.length === 0;
	return failureOf(host, family, answer, isUnknown ? [{ kind: "part-of-rule" }] : lacked);
}

function failureOf(host: Host, family: Family, { number, message }: Errno, pieces: readonly Piece[]) {
	return new KernelFailure(number, `${names[family]}: ${message}`, { lack: lackOf(host, pieces) });
}

type ExtensionPiece = Extract<Piece, { kind: "extension" }>;

/** Those of the matches and targets in rules of ours that the kernel does not have. */
function lackedExtensions(host: Host, family: Family): ExtensionPiece[] {
	return used.flatMap(({ name, revision, operation }): ExtensionPiece[] => {
		const answer = host.xtables(family, operation, revisionRequest({ name, revision }));
		return typeof answer !== "string" && answer.name === "ENOENT"
			? [{ kind: "extension", name, through: "x_tables" }]
			: [];
	});
}

const used = [
	{ name: "comment", revision: 0, operation: "match-revision" },
	{ name: "multiport", revision: 1, operation: "match-revision" },
	{ name: "owner", revision: 1, operation: "match-revision" },
	{ name: "tcp", revision: 0, operation: "match-revision" },
	{ name: "REDIRECT", revision: 0, operation: "target-revision" },
] as const;
