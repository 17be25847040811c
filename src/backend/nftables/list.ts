import type { Host, NftTable } from "../../host/host.ts";
import { type Gap, nftFamilies } from "../../rules/ruleset.ts";
import { type Answer, askTools, type Question } from "../ask-tools.ts";
import type { JsonRecord } from "./json.ts";
import { isOurTable, listOwn } from "./nft-tool.ts";
import { isDormant, type ListedTable, listingEntries, readListing } from "./read.ts";
import { type ListedTexts, listedTexts, ownCommentIn } from "./texts.ts";

/** `nft -n -j list ruleset`, with numbers for names that differ from machine to machine. */
const json: Question = { program: "nft", args: ["-n", "-j", "list", "ruleset"] };
/** The same for people: with the rules' own words, and the handles that JSON has too. */
const text: Question = { program: "nft", args: ["-a", "list", "ruleset"] };

/** What nft is asked for. The words take as long again as what they say, so they are left out where nobody wants them. */
export function listQuestions({ withWords }: { readonly withWords: boolean }): readonly Question[] {
	return withWords ? [json, text] : [json];
}

/** What nft listed, or why there is nothing. */
export type Listed =
	| { readonly kind: "listed"; readonly tables: readonly ListedTable[]; readonly spoilt: readonly NftTable[] }
	| FailedListing
	/** The text begins as a listing and is none, so that nobody knows which tables it is about. */
	| { readonly kind: "garbled" }
	| { readonly kind: "not-asked" };

export type FailedListing = Extract<Answer, { kind: "failed" }>;

/** Reads the answers to {@link listQuestions}, and where one table's flags spoil the JSON of all, asks for each by itself. */
export function readListed(
	host: Host,
	[answer, words]: readonly Answer[],
	tables: readonly NftTable[],
): Listed {
	if (answer === undefined) {
		return { kind: "not-asked" };
	}
	if (answer.kind === "failed") {
		return answer;
	}
	if (!/^\s*\{\s*"nftables"\s*:/.test(answer.text)) {
		return { kind: "failed", why: "nft printed something else than a listing", code: "refused" };
	}
	const printed = listedTexts(words?.kind === "printed" ? words.text : "");
	const entries = listingEntries(answer.text);
	if (entries !== undefined) {
		const listed = readListing(entries, printed);
		return {
			kind: "listed",
			tables: words === undefined ? withOwnComment(host, listed) : listed,
			spoilt: [],
		};
	}
	if (!hasFlags(answer)) {
		return { kind: "garbled" };
	}
	const each = listEach(host, tables, printed);
	return { kind: "listed", tables: readListing(each.entries, printed), spoilt: each.spoilt };
}

/** Where the words were not asked for: what JSON does not tell of our table in every release (commentOf in read.ts). */
function withOwnComment(host: Host, listed: readonly ListedTable[]): readonly ListedTable[] {
	const isSilent = ({ table }: ListedTable) => isOurTable(table) && table.comment === undefined;
	if (!listed.some(isSilent)) {
		return listed;
	}
	const [answer] = askTools(host, [{ program: "nft", args: listOwn }]);
	const comment = answer?.kind === "printed" ? ownCommentIn(answer.text) : undefined;
	return comment === undefined
		? listed
		: listed.map((one) => (isSilent(one) ? { ...one, table: { ...one.table, comment } } : one));
}

/** Our table has none, and what they are some releases tell in the text alone (isDormant). */
export function hasFlags(answer: Answer): boolean {
	return answer.kind === "printed" && answer.text.includes('"flags"');
}

/**
 * Lists the tables one by one. Where a table has flags nft 1.0.6 prints into its JSON whatever text came before, or what is
 * no text, after which the rest is missing (findings/nft-json-loses-table-flags.sh): one such table of somebody else's
 * would hide all the others. `printed` is what `nft list ruleset` printed, which does tell the flags; a table that is switched
 * off by them does nothing, and so is not missed.
 */
function listEach(host: Host, tables: readonly NftTable[], printed: ListedTexts) {
	const answers = askTools(
		host,
		tables.map(({ family, name }) => ({
			program: "nft",
			args: ["-n", "-j", "list", "table", nftFamilies[family], name],
		})),
	);
	const entries: JsonRecord[] = [];
	const spoilt: NftTable[] = [];
	for (const [index, table] of tables.entries()) {
		const answer = answers[index];
		const listed = answer?.kind === "printed" ? listingEntries(answer.text) : undefined;
		if (listed !== undefined) {
			entries.push(...listed);
		} else if (isDormant({ family: nftFamilies[table.family], name: table.name }, printed) !== true) {
			spoilt.push(table);
		}
	}
	return { entries, spoilt };
}

const unreadable = { why: "nft printed a listing that cannot be read", code: "refused" } as const;

/** A table of which nothing is known for want of a listing. */
export function unlisted(
	{ family, name }: NftTable,
	{ why, code }: Pick<FailedListing, "why" | "code"> = unreadable,
): Gap {
	return { dialect: "nftables", scope: family, table: name, why, code };
}

/** A listing that cannot be read at all leaves every table unknown. */
export const noListing: Gap = { dialect: "nftables", scope: "inet", ...unreadable };

/** A table of which nft does not tell whether it steers anything. */
export function unclear({ scope, name }: ListedTable["table"]): Gap {
	const why = "nft does not tell whether it is switched off (flags dormant)";
	return { dialect: "nftables", scope, table: name, why, code: "refused" };
}

/** A table of iptables-nft with rules of others, where nft, which shows all of a rule, could not be asked. */
export function unconfirmed({ family: scope, name: table }: NftTable, { why, code }: FailedListing): Gap {
	const left = "iptables-nft-save leaves out of a rule that nft made what it has no word for";
	return { dialect: "nft", scope, table, why: `${left}, and ${why}`, code };
}
