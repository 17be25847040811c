import type { Host } from "../host/host.ts";
import { confirmed } from "./confirm.ts";
import { parseSavedTable } from "./iptables/parse-table.ts";
import { parseNftTables } from "./nftables/parse-listing.ts";
import { translated } from "./nftables/translate.ts";
import type { Gap, NatChain, NatTable, Ruleset } from "./ruleset.ts";
import { readSources, type Sources } from "./sources.ts";

/**
 * Reads the nat tables of the network namespace that the host is in. Changes nothing, not even which tables exist, and
 * starts no process where there is none. What cannot be read becomes a gap; throws only what is a bug.
 */
export function readRuleset(host: Host): Ruleset {
	return parseSources(readSources(host, { isOursTold: true }));
}

export function parseSources({
	saved,
	listing,
	gaps,
	unconfirmed = [],
}: Omit<Sources, "unsaved" | "unconfirmed"> & Partial<Pick<Sources, "unconfirmed">>): Ruleset {
	const savedTables = saved.map(({ dialect, family, text }) => parseSavedTable(text, dialect, family));
	const listed = listing === undefined ? undefined : parseNftTables(listing.json, listing.text);
	const twinOf = ({ dialect, scope, name }: NatTable) =>
		listed?.tables.find((table) => dialect === "nft" && table.scope === scope && table.name === name);
	return {
		tables: [
			...savedTables.map((table) => {
				const twin = twinOf(table);
				return twin === undefined ? table : confirmed(table, twin);
			}),
			...(listed?.tables ?? []).flatMap((table) => withoutSaved(table, savedTables)),
		],
		gaps: [
			...gaps,
			...(listing !== undefined && listed === undefined ? [noListing] : []),
			...(listed?.unclear ?? []).map(
				({ scope, name }): Gap => ({
					dialect: "nftables",
					scope,
					table: name,
					why: "nft does not tell whether it is switched off (flags dormant)",
					code: "refused",
				}),
			),
		],
		unconfirmed,
	};
}

const noListing: Gap = {
	dialect: "nftables",
	scope: "inet",
	why: "nft printed a listing that cannot be read",
	code: "refused",
};

/** A table that iptables-nft-save has printed is listed once more, and matters for the base chains that it left out. */
function withoutSaved(listed: NatTable, savedTables: readonly NatTable[]): NatTable[] {
	const saved = savedTables.find(
		({ dialect, scope, name }) => dialect === "nft" && scope === listed.scope && name === listed.name,
	);
	const chains = listed.chains.map((chain): NatChain => {
		const isSaved = saved?.chains.some(({ name }) => name === chain.name);
		const rules = chain.rules.map(translated);
		return isSaved ? { name: chain.name, rules } : { ...chain, rules };
	});
	return chains.some(({ base }) => base !== undefined) ? [{ ...listed, chains }] : [];
}
