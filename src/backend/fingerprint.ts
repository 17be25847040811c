import type { Host } from "../host/host.ts";
import { be32In, fieldsIn } from "../wire/attributes.ts";
import { type Bytes, words } from "../wire/bytes.ts";
import { readReply } from "../wire/dump.ts";
import { withoutCounters } from "../wire/ip-table-requests.ts";
import { messageType } from "../wire/nf-tables.ts";
import { getGeneration } from "../wire/requests.ts";
import type { KernelTable } from "./backend.ts";
import { BackendError } from "./backend-error.ts";
import { orderOf, readLegacyTable } from "./iptables/legacy-table.ts";
import { existingTables } from "./tables.ts";

/**
 * Something about the rules of a network namespace that becomes another when somebody changes them, and that takes
 * microseconds to ask for. Two that are equal mean that nothing has changed in between; what there is they do not say.
 */
export interface Fingerprint {
	/** The number of the last change, which nf_tables counts by namespace; undefined where there is no nf_tables. */
	readonly generation: number | undefined;
	/** The tables of x_tables, which counts nothing, by their bytes. */
	readonly tables: readonly { readonly table: KernelTable; readonly bytes: Bytes }[];
}

/**
 * Takes one in the network namespace that the host is in. `among` are the tables of x_tables that existed when the last one
 * was taken; without it they are looked for, since asking for one that does not exist makes it. Undefined where the kernel
 * does not tell.
 */
export function takeFingerprint(
	host: Host,
	among: readonly KernelTable[] = existingTables(host).filter(({ subsystem }) => subsystem === "x_tables"),
): Fingerprint | undefined {
	const generation = readGeneration(host);
	const tables = among.map((table) => ({ table, bytes: bytesOf(host, table) }));
	return generation === "hidden" || tables.some(({ bytes }) => bytes === undefined)
		? undefined
		: { generation, tables: tables.map(({ table, bytes = "" }) => ({ table, bytes })) };
}

export function isSameFingerprint(one: Fingerprint, other: Fingerprint): boolean {
	return (
		one.generation === other.generation &&
		one.tables.length === other.tables.length &&
		one.tables.every(({ bytes }, index) => bytes === other.tables[index]?.bytes)
	);
}

const generationNumber = 1; // NFTA_GEN_ID

function readGeneration(host: Host): number | undefined | "hidden" {
	const order = host.byteOrder();
	const answer = host.netlink(getGeneration(order));
	if ("name" in answer) {
		// No nfnetlink at all.
		return answer.name === "EPROTONOSUPPORT" ? undefined : "hidden";
	}
	const reply = readReply(answer, messageType.newGeneration, order);
	if (reply.kind !== "told") {
		return reply.kind === "refused" && reply.errno === noSuchSubsystem ? undefined : "hidden";
	}
	const { bytes, attributes } = reply.object;
	return be32In(bytes, fieldsIn(bytes, attributes, words[order])?.[generationNumber]) ?? "hidden";
}

/** EINVAL, of nfnetlink_rcv_msg for a subsystem that is not there (net/netfilter/nfnetlink.c). */
const noSuchSubsystem = 22;

function bytesOf(host: Host, { scope }: KernelTable): Bytes | undefined {
	if (scope === "inet") {
		return undefined;
	}
	try {
		return withoutCounters(scope, readLegacyTable(host, scope).entries, orderOf(host));
	} catch (error) {
		if (error instanceof BackendError) {
			return undefined;
		}
		throw error;
	}
}
