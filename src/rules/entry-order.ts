import type { NatPacket } from "./match.ts";
import { type Base, type NatChain, type NatTable, type Ruleset, sees } from "./ruleset.ts";

/** A chain that netfilter itself enters. */
export interface Entry {
	readonly table: NatTable;
	readonly chain: NatChain;
	readonly base: Base;
}

/**
 * The base chains that a packet comes through, first to last, in groups: chains of one group stand at one priority in
 * different tables, and which comes first depends on which was registered last (nf_hook_entries_grow in
 * net/netfilter/core.c puts a new one before its equals), which the kernel does not tell. Within a table the order
 * shows: chains are listed as they were made.
 */
export function entriesFor(ruleset: Ruleset, packet: Pick<NatPacket, "family" | "hook">): Entry[][] {
	const entries = ruleset.tables
		.filter((table) => sees(table.scope, packet.family))
		.flatMap((table) =>
			table.chains
				.toReversed()
				.flatMap((chain) =>
					chain.base?.hook === packet.hook ? [{ table, chain, base: chain.base } satisfies Entry] : [],
				),
		);
	const priorities = [...new Set(entries.map(({ base }) => base.priority))].sort((a, b) => a - b);
	return priorities.map((priority) => entries.filter(({ base }) => base.priority === priority));
}
