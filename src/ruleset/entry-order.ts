import type { NatPacket } from "./packet.ts";
import type { Base, NatChain, NatTable, Ruleset } from "./ruleset.ts";

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

/** Whether packets of a family come through tables of this scope. */
export function sees(scope: NatTable["scope"], family: NatPacket["family"]): boolean {
	return scope === "inet" || scope === family;
}

/** `table ip nat (legacy)`, for sentences. */
export function describeTable({
	dialect,
	scope,
	name,
}: Pick<NatTable, "dialect" | "scope" | "name">): string {
	const family = { ipv4: "ip", ipv6: "ip6", inet: "inet" }[scope];
	return `table ${family} ${name} (${dialect})`;
}
