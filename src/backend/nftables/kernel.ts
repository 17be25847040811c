import { type Family, families } from "../../domain/family.ts";
import type { Drift } from "../../rules/diff.ts";
import type { Plan } from "../../rules/plan.ts";
import type { NatTable } from "../../rules/ruleset.ts";
import type { ByteOrder } from "../../wire/bytes.ts";
import { readReply } from "../../wire/dump.ts";
import { errno, errnoWords } from "../../wire/errno-words.ts";
import { natTable } from "../../wire/nat-tables.ts";
import { messageType } from "../../wire/nf-tables.ts";
import { type NotRead, readTables, type Snapshot } from "../../wire/read-tables.ts";
import { getTable } from "../../wire/requests.ts";
import type { FamilyOutcome, FoundDrift, SetUpResult } from "../backend.ts";
import { ask, type KernelHost, send, sendNew } from "../exchange.ts";
import { KernelFailure, questionFailure, readingFailure } from "../kernel-failure.ts";
import { tableStandsAsSent } from "./as-sent.ts";
import { driftOf } from "./drift.ts";
import { creation, probe, removal, replacement, type TableOptions } from "./kernel-batch.ts";
import { changesSinceMade } from "./record.ts";
import { table as ownTable } from "./render.ts";

/** The dialect of nftables without a program. What fails throws {@link KernelFailure}, and has changed nothing. */

/**
 * Makes our table hold the plan. Looks first, since a refusal costs the kernel more than an answer; creates where there is
 * nothing, which fails where somebody else is first; leaves a table alone that says the same already.
 */
export function applyNftables(host: KernelHost, plan: Plan, options: TableOptions): Applied {
	const order = host.byteOrder();
	const outcome = (reached: FamilyOutcome["outcome"], changed: readonly Drift[] = []) => ({
		families: plan.families.map((family) => ({ family, outcome: reached })),
		changed,
	});
	if (!hasTable(host, order)) {
		const failure = sendNew(host, creation(plan, options, { order }), probeNftables);
		if (failure === undefined) {
			return outcome("created");
		}
		if (failure.errno !== errno.exists) {
			throw failure;
		}
	}
	// A table of our own that cannot be read is replaced like one that differs.
	const found = readTable(host, order);
	if (found.kind === "read" && driftIn(found, plan, order).length === 0) {
		return outcome("unchanged");
	}
	const failure = sendNew(host, replacement(plan, options, { order }), probeNftables);
	if (failure !== undefined) {
		throw failure;
	}
	return outcome("replaced", found.kind === "read" ? changesSinceMade(tableIn(found, order), plan) : []);
}

export type Applied = Omit<SetUpResult, "via">;

/** How our table differs from a plan. Changes nothing. */
export function checkNftables(host: KernelHost, plan: Plan): FoundDrift[] {
	const order = host.byteOrder();
	return [{ scope: "inet", drift: driftIn(readOwn(host, order), plan, order) }];
}

/** Our table as it is, or as one without anything. */
export function ourTable(host: KernelHost): NatTable {
	const order = host.byteOrder();
	return tableIn(readOwn(host, order), order);
}

/** Undefined where it is not there. */
function readOwn(host: KernelHost, order: ByteOrder): Snapshot | undefined {
	const found = hasTable(host, order) ? readTable(host, order) : undefined;
	if (found?.kind === "not-read") {
		throw readingFailure(found);
	}
	return found;
}

/** Removes our table; answers with the families that it was for. */
export function removeNftables(host: KernelHost): Family[] {
	const order = host.byteOrder();
	if (!hasTable(host, order)) {
		return [];
	}
	const failure = send(host, removal({ order }), order);
	if (failure !== undefined) {
		throw failure;
	}
	return [...families];
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
			throw questionFailure(reply.errno, `nf_tables: table inet shunt: ${errnoWords(reply.errno)}`);
		case "unreadable":
			throw new KernelFailure(undefined, "nf_tables: whether there is a table inet shunt cannot be read");
	}
}

const nothing: NatTable = { dialect: "nftables", scope: "inet", name: ownTable.name, chains: [] };

function readTable(host: KernelHost, order: ByteOrder): Snapshot | NotRead {
	return readTables(host, order, ({ table }) => table.scope === "inet" && table.name === ownTable.name);
}

function driftIn(found: Snapshot | undefined, plan: Plan, order: ByteOrder): Drift[] {
	const content = found?.tables[0];
	return content !== undefined && tableStandsAsSent(content, plan, order)
		? []
		: driftOf(plan, tableIn(found, order));
}

/** A table that is switched off, or that is gone again, holds nothing. */
function tableIn(found: Snapshot | undefined, order: ByteOrder): NatTable {
	const content = found?.tables[0];
	const read = content === undefined || content.table.isDormant ? undefined : natTable(content, order);
	return read === undefined ? nothing : read;
}
