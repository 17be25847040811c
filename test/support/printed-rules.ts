import { nothing, wantedState } from "../../src/backend/iptables/own-state.ts";
import { readTable } from "../../src/backend/iptables/read.ts";
import { transaction } from "../../src/backend/iptables/transaction.ts";
import { listingEntries, readListing } from "../../src/backend/nftables/read.ts";
import { listedTexts } from "../../src/backend/nftables/texts.ts";
import { combine } from "../../src/backend/read.ts";
import type { Family } from "../../src/domain/family.ts";
import type { Plan } from "../../src/rules/plan.ts";
import type { Gap, Ruleset } from "../../src/rules/ruleset.ts";

/** What the tools printed of a network namespace. */
export interface Printed {
	/** `iptables-save -t nat`. */
	readonly saved?: readonly {
		readonly dialect: "legacy" | "nft";
		readonly family: Family;
		readonly text: string;
	}[];
	/** `nft -n -j list ruleset` and `nft -a list ruleset`. */
	readonly listing?: { readonly json: string; readonly text: string };
	readonly gaps?: readonly Gap[];
}

export function rulesetPrinted({ saved = [], listing, gaps = [] }: Printed): Ruleset {
	const entries = listing === undefined ? [] : (listingEntries(listing.json) ?? []);
	const found = combine(
		saved.map(({ dialect, family, text }) => readTable(text, dialect, family)),
		readListing(entries, listedTexts(listing?.text ?? "")),
	);
	return { tables: found.tables, gaps: [...gaps, ...found.gaps], unconfirmed: [] };
}

/** What iptables-restore is given in a fresh network namespace. */
export function restoreInput(plan: Plan, family: Family): string {
	return transaction(nothing, wantedState(plan, family));
}
