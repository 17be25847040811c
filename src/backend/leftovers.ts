import { type Family, families } from "../domain/family.ts";
import type { Mode } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { BackendError } from "./backend-error.ts";
import { iptablesBackend } from "./iptables/iptables.ts";

/** One family's nat table in one dialect, which may hold something of ours. */
export interface Place {
	readonly mode: "legacy" | "nft";
	readonly family: Family;
}

/**
 * The nat tables that exist in this network namespace, learnt without starting a process. A table that does
 * not exist is not looked into, since the legacy tools would make it exist.
 */
export function natTables(host: Host): Place[] {
	const nftTables = host.nftTables() ?? [];
	return families.flatMap((family) => [
		...(legacyTables(host, family).includes("nat") ? [{ mode: "legacy", family } as const] : []),
		...(nftTables.some((table) => table.name === "nat" && nftFamily[table.family] === family)
			? [{ mode: "nft", family } as const]
			: []),
	]);
}

/** iptables-nft uses one table per family; an `inet` table is somebody else's. */
const nftFamily: Record<"ipv4" | "ipv6" | "inet", Family | undefined> = {
	ipv4: "ipv4",
	ipv6: "ipv6",
	inet: undefined,
};

/** Readable by root alone (xt_proto_init in net/netfilter/x_tables.c); to others it is as though there were none. */
function legacyTables(host: Host, family: Family): string[] {
	const path = family === "ipv4" ? "/proc/self/net/ip_tables_names" : "/proc/self/net/ip6_tables_names";
	return (host.readFile(path) ?? "").split("\n");
}

/** What became of an earlier run's rules in a place that the present plan does not use. */
export interface Leftover extends Place {
	/** Absent when they are gone. */
	readonly failure?: BackendError;
}

/**
 * Removes what an earlier run in another dialect, or for a family that is off now, has left. Called after the new
 * rules are in, so that there is no moment without any. A failure is reported, not thrown: the new rules stand.
 */
export function removeLeftovers(host: Host, mode: Mode, used: readonly Family[]): Leftover[] {
	const places = natTables(host);
	const unused = places.filter((place) => !used.includes(place.family));
	const shared = places.filter((place) => used.includes(place.family));
	return removeFrom(host, [...unused, ...otherDialect(host, mode, shared)]);
}

/** Removes everything of ours, in every dialect that has a nat table here. */
export function removeEverything(host: Host): Leftover[] {
	return removeFrom(host, natTables(host));
}

function removeFrom(host: Host, places: readonly Place[]): Leftover[] {
	return places.flatMap((place): Leftover[] => {
		try {
			return iptablesBackend(place.mode).tearDown(host, [place.family]).length > 0 ? [place] : [];
		} catch (error) {
			if (error instanceof BackendError) {
				return [{ ...place, failure: error }];
			}
			throw error;
		}
	});
}

function otherDialect(host: Host, mode: Mode, places: readonly Place[]): Place[] {
	const isMixed = places.some((place) => place.mode !== places[0]?.mode);
	if (!isMixed && (mode === "plain" || places[0]?.mode === mode)) {
		return [];
	}
	const spoken = mode === "plain" ? dialectOfPlain(host) : mode;
	return places.filter((place) => place.mode !== spoken);
}

/** Which dialect the distribution's unadorned `iptables` speaks: since 1.8.0 its version says so in brackets. */
function dialectOfPlain(host: Host): Place["mode"] {
	const path = host.find("iptables-restore");
	const [result] = path === undefined ? [] : host.run([{ argv: [path, "--version"], timeoutMs: 10_000 }]);
	return result?.stdout.includes("nf_tables") === true ? "nft" : "legacy";
}
