import { isIptables } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import type { NatTable } from "../rules/ruleset.ts";
import { natTable, steers } from "../wire/nat-tables.ts";
import { readTables, type Wanted } from "../wire/read-tables.ts";
import type { KernelTable } from "./backend.ts";
import { caught } from "./backend-error.ts";
import { kernelWays } from "./iptables/kernel.ts";
import type { ListedTable } from "./nftables/read.ts";

/** What the kernel itself told of its tables. */
export interface KernelReading {
	/** Those of nf_tables that steer packets or can hold rules of ours; undefined where it did not tell of any. */
	readonly nfTables: readonly ListedTable[] | undefined;
	/** Those of x_tables. */
	readonly xTables: readonly NatTable[];
}

/**
 * Asks the kernel for what its tables hold: whole, in the order of the rules, and with what is not understood of a rule said
 * so. `existing` are the tables that can hold rules of ours; one of x_tables that it does not tell of is left out.
 */
export function readKernel(host: Host, existing: readonly KernelTable[]): KernelReading {
	return {
		nfTables: readNfTables(host, existing),
		xTables: existing
			.filter(({ subsystem }) => subsystem === "x_tables")
			.flatMap((table) => readXTable(host, table)),
	};
}

function readNfTables(host: Host, existing: readonly KernelTable[]): ListedTable[] | undefined {
	const order = host.byteOrder();
	const isWanted: Wanted = (content) =>
		steers(content) ||
		existing.some(
			({ subsystem, scope, name }) =>
				subsystem === "nf_tables" && scope === content.table.scope && name === content.table.name,
		);
	const found = readTables(host, order, isWanted);
	return found.kind === "not-read"
		? undefined
		: found.tables.flatMap((content) => {
				const table = natTable(content, order);
				return table === undefined ? [] : [{ table, isOff: content.table.isDormant }];
			});
}

function readXTable(host: Host, { dialect, scope, name }: KernelTable): NatTable[] {
	const way = isIptables(dialect) ? kernelWays[dialect] : undefined;
	if (way === undefined || scope === "inet") {
		return [];
	}
	let tables: NatTable[] = [];
	caught(() => {
		tables = way.tables(host, [scope]).map((table) => ({ ...table, dialect, name }));
	});
	return tables;
}
