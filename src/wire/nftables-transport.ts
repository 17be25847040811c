import type { FamilyOutcome, FoundDrift } from "../backend/backend.ts";
import { driftOf } from "../backend/nftables/nftables.ts";
import type { ListedTable } from "../backend/nftables/parse.ts";
import { table as ownTable } from "../backend/nftables/render.ts";
import { type Family, families } from "../domain/family.ts";
import type { Plan } from "../plan/plan.ts";
import type { ByteOrder } from "./bytes.ts";
import { readReply } from "./dump.ts";
import { errno, errnoWords } from "./errno-words.ts";
import { ask, type KernelHost, send } from "./exchange.ts";
import { KernelFailure, readingFailure } from "./kernel-failure.ts";
import { natTable } from "./nat-tables.ts";
import { messageType } from "./nf-tables.ts";
import { creation, probe, removal, replacement, type TableOptions } from "./nftables-batch.ts";
import { listedTableOf } from "./own-rules.ts";
import { type NotRead, readTables } from "./read-tables.ts";
import { getTable } from "./requests.ts";

/** The dialect of nftables without a program. What fails throws {@link KernelFailure}, and has changed nothing. */

/**
 * Makes our table hold the plan. Looks first, since a refusal costs the kernel more than an answer; creates where there is
 * nothing, which fails where somebody else is first; leaves a table alone that says the same already.
 */
export function applyNftables(host: KernelHost, plan: Plan, options: TableOptions): FamilyOutcome[] {
	const order = host.byteOrder();
	const outcome = (reached: FamilyOutcome["outcome"]) =>
		plan.families.map((family) => ({ family, outcome: reached }));
	if (!hasTable(host, order)) {
		const failure = send(host, creation(plan, options, { order }), order);
		if (failure === undefined) {
			return outcome("created");
		}
		if (failure.errno !== errno.exists) {
			throw failure;
		}
	}
	// A table of our own that cannot be read is replaced like one that differs.
	const found = readTable(host, order);
	if (!("kind" in found) && driftOf(plan, found).length === 0) {
		return outcome("unchanged");
	}
	const failure = send(host, replacement(plan, options, { order }), order);
	if (failure !== undefined) {
		throw failure;
	}
	return outcome("replaced");
}

/** How our table differs from a plan. Changes nothing. */
export function checkNftables(host: KernelHost, plan: Plan): FoundDrift[] {
	const order = host.byteOrder();
	const found = hasTable(host, order) ? readTable(host, order) : nothing;
	if ("kind" in found) {
		throw readingFailure(found);
	}
	return [{ scope: "inet", drift: driftOf(plan, found) }];
}

/** Removes our table; answers with the families that it was for. */
export function removeNftables(host: KernelHost): readonly Family[] {
	const order = host.byteOrder();
	if (!hasTable(host, order)) {
		return [];
	}
	const failure = send(host, removal({ order }), order);
	if (failure !== undefined) {
		throw failure;
	}
	return families;
}

/** Why the kernel does not take every kind of rule that we write; undefined where it does. Nothing is made. */
export function probeNftables(host: KernelHost): KernelFailure | undefined {
	const order = host.byteOrder();
	return send(host, probe({ order }), order);
}

function hasTable(host: KernelHost, order: ByteOrder): boolean {
	const request = getTable("inet", ownTable.name, order);
	const reply = readReply(ask(host, request), messageType.newTable, order);
	switch (reply.kind) {
		case "told":
			return true;
		case "refused":
			if (reply.errno === errno.notThere) {
				return false;
			}
			throw new KernelFailure(reply.errno, `nf_tables: table inet shunt: ${errnoWords(reply.errno)}`);
		case "unreadable":
			throw new KernelFailure(undefined, "nf_tables: whether there is a table inet shunt cannot be read");
	}
}

const nothing: ListedTable = { hooks: [], rules: [] };

/** A table that is switched off, or that is gone again, holds nothing. */
function readTable(host: KernelHost, order: ByteOrder): ListedTable | NotRead {
	const found = readTables(
		host,
		order,
		({ table }) => table.scope === "inet" && table.name === ownTable.name,
	);
	if (found.kind === "not-read") {
		return found;
	}
	const [content] = found.tables;
	const read = content === undefined || content.table.isDormant ? undefined : natTable(content, order);
	return read === undefined ? nothing : listedTableOf(read);
}
