import { families } from "../domain/family.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import type { Scope } from "./backend.ts";

/** A table in which rules of ours can live. */
export interface Place {
	readonly dialect: Exclude<Dialect, "plain">;
	readonly scope: Scope;
}

/**
 * The tables of that kind that exist in this network namespace, learnt without starting a process. A table that does
 * not exist is not looked into, since the legacy tools would make it exist.
 */
export function existingPlaces(host: Host): Place[] {
	const nftTables = host.nftTables() ?? [];
	const hasNftTable = (family: Scope, name: string) =>
		nftTables.some((table) => table.family === family && table.name === name);
	return [
		...families.flatMap((family): Place[] => [
			...(legacyTables(host, family).includes("nat") ? [{ dialect: "legacy", scope: family } as const] : []),
			...(hasNftTable(family, "nat") ? [{ dialect: "nft", scope: family } as const] : []),
		]),
		...(hasNftTable("inet", "shunt") ? [{ dialect: "nftables", scope: "inet" } as const] : []),
	];
}

/** Readable by root alone (xt_proto_init in net/netfilter/x_tables.c); to others it is as though there were none. */
function legacyTables(host: Host, family: "ipv4" | "ipv6"): string[] {
	const path = family === "ipv4" ? "/proc/self/net/ip_tables_names" : "/proc/self/net/ip6_tables_names";
	return (host.readFile(path) ?? "").split("\n");
}
