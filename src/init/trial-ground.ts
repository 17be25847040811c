import type { KernelTable } from "../backend/backend.ts";
import { backendOf } from "../backend/backends.ts";
import { removeEmptyTables } from "../backend/stale-rules.ts";
import { existingTables } from "../backend/tables.ts";
import type { Family } from "../domain/family.ts";
import { type Dialect, dialects } from "../domain/mode.ts";
import { type Host, HostError } from "../host/host.ts";

/** Where a trial takes place. */
export type TrialGround = "new" | "this";

/**
 * Goes into a network namespace of its own, where a trial cannot leave anything: even one that takes its rules back
 * leaves the empty `nat` table that the kernel made for them, which for iptables-legacy nobody can remove.
 *
 * Only where that gives the same answers: making one takes CAP_SYS_ADMIN, and root of a user namespace of its own would
 * have every right in the new namespace and perhaps none in the old one. Whoever has it in the first user namespace
 * may do as much in every other. A pod's container never has it; but a pod that only probes takes its namespace along.
 */
export function enterTrialGround(host: Host): TrialGround {
	if (!isFirstUserNamespace(host)) {
		return "this";
	}
	try {
		host.enterNewNetns();
		return "new";
	} catch (error) {
		if (error instanceof HostError) {
			return "this";
		}
		throw error;
	}
}

/** user_namespaces(7): every id means itself there. Another could map them all so, but then it may do no less. */
function isFirstUserNamespace(host: Host): boolean {
	return /^\s*0\s+0\s+4294967295\s*$/.test(host.readFile("/proc/self/uid_map") ?? "");
}

/** Removes the empty tables that were not there before. Answers with those that cannot be removed. */
export function leftTables(host: Host, before: readonly KernelTable[]): KernelTable[] {
	const made = existingTables(host).filter(
		({ dialect, scope }) => !before.some((table) => table.dialect === dialect && table.scope === scope),
	);
	const gone = removeEmptyTables(host, made);
	return made.filter((table) => !gone.includes(table));
}

/**
 * The dialects of which a trial in this network namespace leaves nothing: not those for which the kernel would make a table
 * that nobody can remove again.
 */
export function tracelessDialects(host: Host, families: readonly Family[]): Dialect[] {
	const existing = existingTables(host);
	const isThere = (wanted: KernelTable) =>
		existing.some(({ dialect, scope }) => dialect === wanted.dialect && scope === wanted.scope);
	return dialects.filter((dialect) => {
		const { tables, speaks } = backendOf(dialect);
		const spoken = speaks(host, existing);
		return tables
			.filter((table) => table.dialect === spoken && families.some((family) => family === table.scope))
			.every((table) => table.subsystem !== "x_tables" || isThere(table));
	});
}
