import { type Family, families } from "../domain/family.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import type { KernelTable } from "./backend.ts";
import { type BackendError, caught } from "./backend-error.ts";
import { backendOf, kernelTables } from "./backends.ts";
import { type HiddenTable, survey } from "./tables.ts";

/** A table that held rules of an earlier run, and what became of them. */
export interface StaleRules extends KernelTable {
	/** Absent when they are gone. */
	readonly failure?: BackendError;
}

/** What came of removing, and where it could not be seen whether there was anything. */
export interface Removal {
	readonly stale: readonly StaleRules[];
	readonly hidden: readonly HiddenTable[];
}

/**
 * Removes what an earlier run in another dialect, or for a family that is off now, has left. Called after the new
 * rules are in, so that there is no moment without any. A failure is reported, not thrown: the new rules stand.
 */
export function removeStaleRules(host: Host, dialect: Dialect, used: readonly Family[]): Removal {
	const { tables, speaks } = backendOf(dialect);
	// Where it shows only by looking whose tables are spoken to, any may be the ones beside them.
	const isCertain = tables.every((table) => table.dialect === dialect);
	const candidates = isCertain ? kernelTables.filter(isBeside(dialect, used)) : kernelTables;
	const { existing, hidden } = survey(host, candidates);
	const stale = existing.filter(isBeside(speaks(host, existing), used));
	return { stale: removeFrom(host, stale), hidden };
}

/** Whether rules in a table, if there are any, do not belong to what is spoken now. */
function isBeside(spoken: Dialect, used: readonly Family[]) {
	return ({ dialect, scope }: KernelTable): boolean =>
		dialect !== spoken || !(scope === "inet" || used.includes(scope));
}

/**
 * Removes everything of ours, in every dialect that has a table here, and then the tables of iptables-nft that hold nothing,
 * which the tool makes and never removes. Those of iptables-legacy nobody can remove: they go with the network namespace.
 */
export function removeEverything(host: Host): Removal & { readonly tables: readonly KernelTable[] } {
	const { existing, hidden } = survey(host);
	const stale = removeFrom(host, existing);
	return { stale, hidden, tables: removeEmptyTables(host, existing) };
}

/** Those among them that nobody else uses; a table of our own goes with its rules. */
export function removeEmptyTables(host: Host, among: readonly KernelTable[]): KernelTable[] {
	return among.filter(
		({ subsystem, scope, name }) =>
			subsystem === "nf_tables" && scope !== "inet" && host.removeEmptyNftTable({ family: scope, name }),
	);
}

function removeFrom(host: Host, held: readonly KernelTable[]): StaleRules[] {
	return held.flatMap((table): StaleRules[] => {
		const concerned = table.scope === "inet" ? families : [table.scope];
		let removed: readonly Family[] = [];
		const failure = caught(() => {
			removed = backendOf(table.dialect).tearDown(host, concerned);
		});
		const found = failure === undefined ? table : { ...table, failure };
		return failure === undefined && removed.length === 0 ? [] : [found];
	});
}
