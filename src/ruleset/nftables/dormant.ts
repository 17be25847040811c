import { asList, type JsonRecord } from "./json.ts";
import { type ListedTexts, listedTexts } from "./rule-text.ts";

/** The tables, as `FAMILY NAME`, whose chains are switched off (`flags dormant`), from `nft list ruleset`. */
export function dormantTables(listing: string): ReadonlySet<string> {
	const { flags } = listedTexts(listing);
	return new Set([...flags].flatMap(([table, words]) => (words.includes("dormant") ? [table] : [])));
}

/** Flags of a table that leave its chains as they are (nft(8), "TABLES"). */
const harmless: ReadonlySet<unknown> = new Set(["owner", "persist"]);

/**
 * Whether a table's chains are switched off: undefined where that cannot be told. In place of the flags, nft 1.0.6
 * prints some other text into its JSON, so what it printed for people goes first.
 */
export function isDormant(table: JsonRecord, { flags }: ListedTexts): boolean | undefined {
	const words: readonly unknown[] =
		flags.get(`${table["family"]} ${table["name"]}`) ?? asList(table["flags"]);
	if (words.includes("dormant")) {
		return true;
	}
	return words.every((word) => harmless.has(word)) || flags.has(`${table["family"]} ${table["name"]}`)
		? false
		: undefined;
}
