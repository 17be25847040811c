import type { JsonRecord } from "./json.ts";
import { table } from "./render.ts";
import { statementWords } from "./statement-words.ts";

/** What `nft -a list ruleset` printed, found again by what JSON has too: names and handles. */
export interface ListedTexts {
	/** The rules' own words, by family, table, chain and handle: nobody would recognise their rule in JSON. */
	readonly rules: ReadonlyMap<string, string>;
	/** The flags of each table that was printed, by family and name. */
	readonly flags: ReadonlyMap<string, readonly string[]>;
	/** The tables' own comments, by family and name. */
	readonly comments: ReadonlyMap<string, string>;
	/** What each statement of a rule says, by the rule and its text if there is one. */
	readonly say: (
		statements: readonly JsonRecord[],
		rule: JsonRecord,
		text: string | undefined,
	) => readonly string[];
}

/**
 * A table's head may say more behind its brace than its handle: whose it is, for one that goes with its owner
 * (`{ # handle 3 progname firewalld`). A table that went unnoticed would lend its rules to the one before it.
 */
const tableHead = /^table (\S+ \S+) \{(?: #.*)?$/;
const chainHead = /^\tchain (\S+) \{(?: #.*)?$/;
const flagsLine = /^\tflags (.+)$/;
const commentLine = /^\tcomment "(.*)"$/;
const ruleLine = /^\t\t(.*) # handle (\d+)$/;

export function listedTexts(listing: string): ListedTexts {
	const rules = new Map<string, string>();
	const flags = new Map<string, readonly string[]>();
	const comments = new Map<string, string>();
	let table = "";
	let chain: string | undefined;
	for (const line of listing.split("\n")) {
		const opened = tableHead.exec(line)?.[1];
		if (opened !== undefined) {
			table = opened;
			flags.set(table, []);
		}
		chain = chainAt(line, chain);
		const words = flagsLine.exec(line)?.[1];
		if (words !== undefined) {
			flags.set(table, words.split(","));
		}
		const comment = commentLine.exec(line)?.[1];
		if (comment !== undefined) {
			comments.set(table, comment);
		}
		const [, text = "", handle] = ruleLine.exec(line) ?? [];
		if (handle !== undefined && chain !== undefined) {
			rules.set(`${table} ${chain} ${handle}`, text);
		}
	}
	return { rules, flags, comments, say: statementWords };
}

export function ownCommentIn(listing: string): string | undefined {
	return listedTexts(listing).comments.get(`${table.family} ${table.name}`);
}

/** Whatever else opens or closes a block is no chain: what a set holds is no rule. */
function chainAt(line: string, before: string | undefined): string | undefined {
	return chainHead.exec(line)?.[1] ?? (/^\t?\S/.test(line) ? undefined : before);
}
