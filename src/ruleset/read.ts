import type { Host } from "../host/host.ts";
import { parseSavedTable } from "./iptables/parse-table.ts";
import { parseNftTables } from "./nftables/parse-listing.ts";
import type { Ruleset } from "./ruleset.ts";
import { readSources, type Sources } from "./sources.ts";

/**
 * Reads the nat tables of the network namespace that the host is in. Changes nothing, not even which tables exist, and
 * starts no process where there is none. What cannot be read becomes a gap; throws only what is a bug.
 */
export function readRuleset(host: Host): Ruleset {
	return parseSources(readSources(host));
}

export function parseSources({ saved, listing, gaps }: Omit<Sources, "unsaved">): Ruleset {
	const savedTables = saved.map(({ dialect, family, text }) => parseSavedTable(text, dialect, family));
	const listed = listing === undefined ? [] : parseNftTables(listing.json, listing.text);
	const isSaved = (scope: string, name: string) =>
		savedTables.some((table) => table.dialect === "nft" && table.scope === scope && table.name === name);
	return {
		tables: [...savedTables, ...(listed ?? []).filter(({ scope, name }) => !isSaved(scope, name))],
		gaps:
			listed === undefined
				? [
						...gaps,
						{
							dialect: "nftables",
							scope: "inet",
							why: "nft printed something else than a listing",
							code: "refused",
						},
					]
				: gaps,
	};
}
