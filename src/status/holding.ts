import { chainNames, hooks } from "../backend/iptables/chains.ts";
import { observe, type ReadRules } from "../backend/iptables/observe.ts";
import { type OwnState, ownStateOf } from "../backend/iptables/own-state.ts";
import { parseSave } from "../backend/iptables/saved-table.ts";
import { type ListedTable, listedTable } from "../backend/nftables/parse.ts";
import type { Family } from "../domain/family.ts";
import type { Observed } from "../plan/observed.ts";
import { dormantTables } from "../ruleset/nftables/dormant.ts";
import { type JsonRecord, parseListing } from "../ruleset/nftables/json.ts";
import type { TableDialect } from "../ruleset/ruleset.ts";
import type { Listing, Sources } from "../ruleset/sources.ts";

/** A table in which something of ours was found, be it whole or in pieces. */
export type Holding = SavedHolding | ListedHolding;

export interface SavedHolding {
	readonly dialect: Exclude<TableDialect, "nftables">;
	readonly scope: Family;
	readonly own: OwnState;
	/** The rules in the planner's terms, which takes reading each of them: not before somebody asks. */
	observed(): Observed;
}

export interface ListedHolding {
	readonly dialect: "nftables";
	readonly scope: "inet";
	readonly listed: ListedTable;
}

export function holdingsIn({ saved, listing }: Sources, entries = entriesIn(listing)): Holding[] {
	const known: ReadRules = new Map();
	return [
		...saved.flatMap(({ dialect, family, text }): SavedHolding[] => {
			const own = ownStateOf(parseSave(text));
			const isEmpty = own.chains.length === 0 && own.jumps.length === 0;
			let observed: Observed | undefined;
			const read = () => {
				observed ??= observe(own, known);
				return observed;
			};
			return isEmpty ? [] : [{ dialect, scope: family, own, observed: read }];
		}),
		...(listing === undefined ? [] : listedHolding(listing, entries)),
	];
}

/**
 * The same without the rules in our own chains, which may be thousands: what is asked of the others' rules is what they
 * do and what leads from them to us, and ours are read as a {@link Holding}. A chain's own entry stays.
 */
export function withoutOurRules(
	{ saved, listing, ...sources }: Sources,
	entries = entriesIn(listing),
): Sources {
	return {
		...sources,
		saved: saved.map((table) => ({ ...table, text: withoutOurLines(table.text) })),
		...(listing === undefined
			? {}
			: { listing: { ...listing, json: withoutOurEntries(listing.json, entries) } }),
	};
}

function withoutOurLines(text: string): string {
	const [one = "", other = ""] = hooks.map((hook) => `-A ${chainNames[hook].own} `);
	const isOurs = (line: string) => line.startsWith(one) || line.startsWith(other);
	const lines = text.split("\n");
	return lines.filter((line) => !isOurs(line)).join("\n");
}

/** What is no listing at all stays what it is, for others to say so. */
function withoutOurEntries(json: string, entries: Entries): string {
	const others = entries.filter((entry) => !("rule" in entry && isOurTables(entry["rule"])));
	return others.length === entries.length ? json : JSON.stringify({ nftables: others });
}

/** How many rules of a table are ours or stand among ours. */
export function ruleCount(holding: Holding): number {
	return holding.dialect === "nftables"
		? holding.listed.rules.length
		: holding.own.chains.reduce((count, { rules }) => count + rules.length, holding.own.jumps.length);
}

function listedHolding({ text }: Listing, entries: Entries): ListedHolding[] {
	const ours = entries.filter((entry) => Object.values(entry).some(isOurTables));
	if (ours.length === 0) {
		return [];
	}
	const listed = listedTable(ours);
	const isOff = dormantTables(text).has("inet shunt");
	return [{ dialect: "nftables", scope: "inet", listed: isOff ? { ...listed, hooks: [] } : listed }];
}

/** What nft listed, parsed once for all who look into it: our sets may have tens of thousands of elements. */
export type Entries = readonly JsonRecord[];

/** None where it is no listing at all. */
export function entriesIn(listing: Listing | undefined): Entries {
	return (listing && parseListing(listing.json)) ?? [];
}

/** The table itself, or an object of it. */
function isOurTables(object: unknown): boolean {
	const { family, table, name } = (object ?? {}) as Record<string, unknown>;
	return family === "inet" && (table ?? name) === "shunt";
}
