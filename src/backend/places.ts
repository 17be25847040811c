import { families } from "../domain/family.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import type { Scope } from "./backend.ts";
import type { BackendErrorCode } from "./backend-error.ts";

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

/** A place into which we may not look, so that nobody knows whether there is a table. */
export interface HiddenPlace extends Place {
	/** A clause, with what is in the way. */
	readonly why: string;
	readonly code: Extract<BackendErrorCode, "not-permitted" | "refused">;
}

export interface Survey {
	readonly existing: readonly Place[];
	readonly hidden: readonly HiddenPlace[];
}

/**
 * At which of the places a table exists in this network namespace, learnt without starting a process. A table that does
 * not exist is not looked into, since the legacy tools would make it exist; what cannot be seen is not taken for absent.
 */
export function survey(host: Host, among = places): Survey {
	const nft = among.some(({ dialect }) => dialect !== "legacy") ? sightOfNft(host) : undefined;
	const existing: Place[] = [];
	const hidden: HiddenPlace[] = [];
	for (const place of among) {
		const sight = place.dialect === "legacy" ? sightOfLegacy(host, place.scope) : nft;
		if (sight?.why !== undefined) {
			hidden.push({ ...place, why: sight.why, code: sight.code });
		} else if (sight?.holds(place) === true) {
			existing.push(place);
		}
	}
	return { existing, hidden };
}

/** The places of a {@link survey} that can be seen to hold a table. */
export function existingPlaces(host: Host, among = places): readonly Place[] {
	return survey(host, among).existing;
}

interface PlaceSight {
	/** Undefined where one can look. */
	readonly why: string | undefined;
	readonly code: HiddenPlace["code"];
	holds(place: Place): boolean;
}

function sightOfNft(host: Host): PlaceSight {
	const tables = host.nftTables();
	const has = (family: Scope, name: string) =>
		tables?.some((table) => table.family === family && table.name === name) === true;
	const why = tables === undefined ? host.hiddenNftTables() : undefined;
	return {
		why,
		code: why?.endsWith("not permitted") === true ? "not-permitted" : "refused",
		holds: ({ dialect, scope }) => (dialect === "nftables" ? has("inet", "shunt") : has(scope, "nat")),
	};
}

/** The list is there for all to see and for root alone to read (xt_proto_init in net/netfilter/x_tables.c). */
function sightOfLegacy(host: Host, scope: Scope): PlaceSight {
	const path = `/proc/self/net/${scope === "ipv4" ? "ip" : "ip6"}_tables_names`;
	const names = host.readFile(path);
	const isHidden = names === undefined && host.fileIdentity(path) !== undefined;
	return {
		why: isHidden ? `${path}: permission denied, only root is told whether there are any` : undefined,
		code: "not-permitted",
		holds: () => names?.split("\n").includes("nat") === true,
	};
}

/** A sentence for each thing that is in the way: `what modes nft and nftables hold could not be seen: …`. */
export function describeHidden(hidden: readonly HiddenPlace[]): string[] {
	return [...new Set(hidden.map(({ why }) => why))].map((why) => {
		const dialects = new Set(hidden.filter((place) => place.why === why).map(({ dialect }) => dialect));
		return `whether there are rules in mode ${[...dialects].join(" or ")} could not be seen: ${why}`;
	});
}
