import { families } from "../domain/family.ts";
import { isIptables } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import type { NatTable } from "../rules/ruleset.ts";
import { natTable, steers, type TableContent } from "../wire/nat-tables.ts";
import { readTables, type Wanted } from "../wire/read-tables.ts";
import type { KernelTable, OwnTable, PlanOf } from "./backend.ts";
import { caught } from "./backend-error.ts";
import { kernelWays } from "./iptables/kernel.ts";
import type { ListedTable } from "./nftables/read.ts";
import { provenInLegacy, provenInNfTables } from "./proven.ts";

/** What the kernel itself told of its tables. */
export interface KernelReading {
	/** Those of nf_tables that steer packets or can hold rules of ours; undefined where it did not tell of any. */
	readonly nfTables: readonly ListedTable[] | undefined;
	/** Those of x_tables. */
	readonly xTables: readonly NatTable[];
	/** What of them is ours, where a plan is there byte for byte. */
	readonly proven: ReadonlyMap<NatTable, OwnTable>;
}

/**
 * Asks the kernel for what its tables hold: whole, in the order of the rules, and with what is not understood of a rule said
 * so. `existing` are the tables that can hold rules of ours; one of x_tables that it does not tell of is left out. Where
 * `planOf` is given and its plan is there as we would have sent it, none of its rules is read.
 */
export function readKernel(
	host: Host,
	existing: readonly KernelTable[],
	planOf: PlanOf | undefined,
): KernelReading {
	const inX = existing.filter(({ subsystem }) => subsystem === "x_tables");
	const provenInX = planOf === undefined ? [] : provenInLegacy(host, inX, planOf);
	const inNf = readNfTables(host, existing, planOf);
	return {
		nfTables: inNf?.tables,
		xTables: inX.flatMap(
			(one) => provenInX.find(({ table }) => table.scope === one.scope)?.table ?? readXTable(host, one),
		),
		proven: new Map([...provenInX, ...(inNf?.proven ?? [])].map((own) => [own.table, own])),
	};
}

function readNfTables(host: Host, existing: readonly KernelTable[], planOf: PlanOf | undefined) {
	const order = host.byteOrder();
	const isWanted: Wanted = (content) =>
		steers(content) ||
		existing.some(
			({ subsystem, scope, name }) =>
				subsystem === "nf_tables" && scope === content.table.scope && name === content.table.name,
		);
	const found = readTables(host, order, isWanted);
	if (found.kind === "not-read") {
		return undefined;
	}
	const contents = new Map<NatTable, TableContent>();
	const tables = found.tables.flatMap((content): ListedTable[] => {
		const table = natTable(content, order);
		if (table === undefined) {
			return [];
		}
		contents.set(table, content);
		return [{ table, isOff: content.table.isDormant }];
	});
	return { tables, proven: planOf === undefined ? [] : provenInNfTables(contents, order, planOf) };
}

function readXTable(host: Host, { dialect, scope, name }: KernelTable): NatTable[] {
	const way = isIptables(dialect) ? kernelWays[dialect] : undefined;
	const among = families.filter((family) => family === scope);
	let tables: NatTable[] = [];
	caught(() => {
		tables = way?.tables(host, among).map((table) => ({ ...table, dialect, name })) ?? [];
	});
	return tables;
}
