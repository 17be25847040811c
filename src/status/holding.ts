import { chainNames, hooks } from "../backend/iptables/chains.ts";
import { observe, type ReadRules } from "../backend/iptables/observe.ts";
import { type OwnState, ownStateOf } from "../backend/iptables/own-state.ts";
import { parseSave } from "../backend/iptables/saved-table.ts";
import { type ListedTable, parseListing } from "../backend/nftables/parse.ts";
import type { Family } from "../domain/family.ts";
import type { Observed } from "../plan/observed.ts";
import { dormantTables } from "../ruleset/nftables/dormant.ts";
import type { TableDialect } from "../ruleset/ruleset.ts";
import type { Listing, Sources } from "../ruleset/sources.ts";

/** A table in which something of ours was found, be it whole or in pieces. */
export type Holding = SavedHolding | ListedHolding;

export interface SavedHolding {
	readonly dialect: Exclude<TableDialect, "nftables">;
	readonly scope: Family;
	readonly own: OwnState;
	readonly observed: Observed;
}

export interface ListedHolding {
	readonly dialect: "nftables";
	readonly scope: "inet";
	readonly listed: ListedTable;
}

export function holdingsIn({ saved, listing }: Sources): Holding[] {
	const known: ReadRules = new Map();
	return [
		...saved.flatMap(({ dialect, family, text }): SavedHolding[] => {
			const own = ownStateOf(parseSave(text));
			const isEmpty = own.chains.length === 0 && own.jumps.length === 0;
			return isEmpty ? [] : [{ dialect, scope: family, own, observed: observe(own, known) }];
		}),
		...(listing === undefined ? [] : listedHolding(listing)),
	];
}

/**
 * The same without the rules in our own chains, which may be thousands: what is asked of the others' rules is what they
 * do and what leads from them to us, and ours are read as a {@link Holding}. A chain's own entry stays.
 */
export function withoutOurRules({ saved, listing, ...sources }: Sources): Sources {
	return {
		...sources,
		saved: saved.map((table) => ({ ...table, text: withoutOurLines(table.text) })),
		...(listing === undefined ? {} : { listing: { ...listing, json: withoutOurEntries(listing.json) } }),
	};
}

function withoutOurLines(text: string): string {
	const starts = hooks.map((hook) => `-A ${chainNames[hook].own} `);
	const isOurs = (line: string) => starts.some((start) => line.startsWith(start));
	const lines = text.split("\n");
	return lines.filter((line) => !isOurs(line)).join("\n");
}

/** What is no listing at all stays what it is, for others to say so. */
function withoutOurEntries(json: string): string {
	const entries = asEntries(json);
	const others = entries.filter((entry) => !("rule" in entry && isOurTables(entry["rule"])));
	return others.length === entries.length ? json : JSON.stringify({ nftables: others });
}

/** How many rules of a table are ours or stand among ours. */
export function ruleCount(holding: Holding): number {
	return holding.dialect === "nftables"
		? holding.listed.rules.length
		: holding.own.chains.reduce((count, { rules }) => count + rules.length, holding.own.jumps.length);
}

function listedHolding({ json, text }: Listing): ListedHolding[] {
	const entries = asEntries(json).filter((entry) => Object.values(entry).some(isOurTables));
	const listed = entries.length === 0 ? undefined : parseListing(JSON.stringify({ nftables: entries }));
	const isOff = dormantTables(text).has("inet shunt");
	return listed === undefined
		? []
		: [{ dialect: "nftables", scope: "inet", listed: isOff ? { ...listed, hooks: [] } : listed }];
}

function asEntries(json: string): readonly Record<string, unknown>[] {
	try {
		const { nftables } = JSON.parse(json) as { nftables?: readonly Record<string, unknown>[] };
		return nftables ?? [];
	} catch {
		return [];
	}
}

/** The table itself, or an object of it. */
function isOurTables(object: unknown): boolean {
	const { family, table, name } = (object ?? {}) as Record<string, unknown>;
	return family === "inet" && (table ?? name) === "shunt";
}
