import { type Family, families } from "../domain/family.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Host, NftTable } from "../host/host.ts";
import type { Scope } from "./backend.ts";

/** A table in which rules of ours can live. */
export interface Place {
	readonly dialect: Exclude<Dialect, "plain">;
	readonly scope: Scope;
}

export const places: readonly Place[] = [
	...families.flatMap((family): Place[] => [
		{ dialect: "legacy", scope: family },
		{ dialect: "nft", scope: family },
	]),
	{ dialect: "nftables", scope: "inet" },
];

/**
 * Those of the places at which a table exists in this network namespace, learnt without starting a process. A table that
 * does not exist is not looked into, since the legacy tools would make it exist.
 */
export function existingPlaces(host: Host, among = places): Place[] {
	let nftTables: readonly NftTable[] | undefined;
	const hasNftTable = (family: Scope, name: string) => {
		nftTables ??= host.nftTables() ?? [];
		return nftTables.some((table) => table.family === family && table.name === name);
	};
	return among.filter(({ dialect, scope }) => {
		if (dialect === "nftables" || scope === "inet") {
			return hasNftTable("inet", "shunt");
		}
		return dialect === "nft" ? hasNftTable(scope, "nat") : legacyTables(host, scope).includes("nat");
	});
}

/** Readable by root alone (xt_proto_init in net/netfilter/x_tables.c); to others it is as though there were none. */
function legacyTables(host: Host, family: Family): string[] {
	return (host.readFile(legacyTableNames(family)) ?? "").split("\n");
}

/** Where the kernel tells which legacy tables there are. */
export function legacyTableNames(family: Family): string {
	return family === "ipv4" ? "/proc/self/net/ip_tables_names" : "/proc/self/net/ip6_tables_names";
}
