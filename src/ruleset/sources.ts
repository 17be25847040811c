import { hookOfOwnChain } from "../backend/iptables/chains.ts";
import { toolsOf } from "../backend/iptables/variant.ts";
import { existingPlaces, survey } from "../backend/places.ts";
import type { Family } from "../domain/family.ts";
import type { Host, NftTable } from "../host/host.ts";
import { type Answer, askTools, type Question } from "./ask-tools.ts";
import { listEach } from "./list-each.ts";
import { field, type JsonRecord, parseListing } from "./nftables/json.ts";
import type { Gap } from "./ruleset.ts";

/** What the tools of all dialects printed about a network namespace: of those tables that exist, and of no others. */
export interface Sources {
	readonly saved: readonly SavedSource[];
	/** Absent where nf_tables holds nothing but tables that iptables-nft shows without doubt. */
	readonly listing?: Listing;
	/** Tables that iptables-save should have printed and did not; nft may have listed what iptables-nft could not. */
	readonly unsaved: readonly Gap[];
	/** What nobody could read. */
	readonly gaps: readonly Gap[];
	/** Tables of iptables-nft with rules of others, where nft, which shows all of a rule, could not be asked. */
	readonly unconfirmed: readonly Gap[];
}

export interface SavedSource {
	readonly dialect: "legacy" | "nft";
	readonly family: Family;
	/** `iptables-save -t nat`. */
	readonly text: string;
}

export interface Listing {
	/** `nft -n -j list ruleset`, with numbers for names that differ from machine to machine. */
	readonly json: string;
	/** `nft -a list ruleset`, whose rules carry the handles that JSON has too; empty where all is ours. */
	readonly text: string;
}

/**
 * Reads what is there, with all tools at the same time. The legacy tools make the table that they are asked for, so
 * none is asked for one that does not exist. What iptables-nft cannot read in a table of its name, nft is asked for,
 * and also where the table holds rules that are not ours: iptables-nft-save leaves out of a rule of nft's what it has no
 * word for, and does not say so. Where nobody wants to be told our own table's rules in nft's words (`isOursTold`: false), nft
 * lists it once: the words take as long again as what they say.
 */
export function readSources(host: Host, { isOursTold }: { readonly isOursTold: boolean }): Sources {
	const nftTables = host.nftTables() ?? [];
	const wanted = savable(host);
	const others = nftTables.filter(({ family, name }) => family === "inet" || name !== "nat");
	const first = others.length === 0 ? [] : !isOursTold && others.every(isOurTable) ? json : listing;
	const answers = askTools(host, [...wanted.map(saving), ...first]);
	const read = wanted.map((table, index) => ({ table, answer: answers[index] }));
	const saved = read.flatMap(({ table, answer }) => savedSource(table, answer));
	const savedAs = ({ family, name }: NftTable) =>
		name === "nat"
			? saved.find(({ dialect, ...of }) => dialect === "nft" && of.family === family)
			: undefined;
	const rest = nftTables.filter((table) => !isWhole(savedAs(table)?.text));
	const doubtful = nftTables.filter(
		(table) => !rest.includes(table) && hasForeignRules(savedAs(table)?.text),
	);
	const answered = answers.slice(wanted.length);
	const hasSaid =
		first === listing ||
		(first === json &&
			![...rest, ...doubtful].some(isOther) &&
			!answered.some((answer) => answer.kind === "printed" && hasFlags(answer.text)));
	const { listed, spoilt } = unspoilt(
		host,
		listingOf(hasSaid ? answered : askTools(host, rest.length + doubtful.length > 0 ? listing : [])),
		nftTables,
	);
	const unlisted = (tables: readonly NftTable[], as: (table: NftTable, failed: Failed) => Gap) =>
		listed.kind === "failed" ? tables.map((table) => as(table, listed)) : [];
	const unsaved = [
		...read.flatMap(({ table, answer }) => gapOf(table, answer)),
		...(listed.kind === "listed" ? read.flatMap((one) => hiddenOwn(one, listed.listing)) : []),
	];
	return {
		saved,
		unsaved,
		...(listed.kind === "listed" ? { listing: listed.listing } : {}),
		gaps: [
			...hiddenTables(host),
			...unsaved.filter(({ dialect }) => dialect === "legacy"),
			...unlisted(rest, unlistedTable),
			...spoilt.filter((table) => rest.includes(table)).map((table) => unlistedTable(table, spoiltListing)),
		],
		unconfirmed: unlisted(doubtful, unconfirmedTable),
	};
}

type Savable = Omit<SavedSource, "text">;

interface Read {
	readonly table: Savable;
	readonly answer: Answer | undefined;
}

function savable(host: Host): Savable[] {
	return existingPlaces(host).flatMap(({ dialect, scope }): Savable[] =>
		dialect === "nftables" || scope === "inet" ? [] : [{ dialect, family: scope }],
	);
}

function saving({ dialect, family }: Savable): Question {
	return { program: toolsOf(dialect, family).save, args: ["-t", "nat"] };
}

const listing: readonly Question[] = [
	{ program: "nft", args: ["-n", "-j", "list", "ruleset"] },
	{ program: "nft", args: ["-a", "list", "ruleset"] },
];

const json = listing.slice(0, 1);

/** Ours has none, and what they are some releases tell in the text alone (isDormant in nftables/dormant.ts). */
function hasFlags(listed: string): boolean {
	return listed.includes('"flags"');
}

function isOther(table: NftTable): boolean {
	return !isOurTable(table);
}

function isOurTable({ family, name }: NftTable): boolean {
	return family === "inet" && name === "shunt";
}

/**
 * Of a table that it cannot read, iptables-nft-save prints no more than that it is incompatible, and succeeds. What ends
 * before its COMMIT is not all that there is.
 */
function savedSource(table: Savable, answer: Answer | undefined): SavedSource[] {
	return answer?.kind === "printed" && isTable(answer.text) ? [{ ...table, text: answer.text }] : [];
}

function isTable(text: string): boolean {
	return hasLine(text, "*nat") && hasLine(text, "COMMIT");
}

/** Without an expression, here and below: the text may be of tens of thousands of lines. */
function hasLine(text: string, line: string): boolean {
	return text.startsWith(`${line}\n`) || text.includes(`\n${line}\n`) || text.endsWith(`\n${line}`);
}

/** It leaves out base chains of names and places that are not iptables', and says so. */
function isWhole(text: string | undefined): boolean {
	return (
		text !== undefined && !(text.includes("# Table `nat' ") && /^# Table `nat' .*incompatible/m.test(text))
	);
}

/** Whether there is a rule that does not carry one of our comments: ours were made by iptables, which shows them right. */
function hasForeignRules(text: string | undefined): boolean {
	const lines = (text ?? "").split("\n");
	return lines.some(
		(line) =>
			(line.startsWith("-A ") || (line.startsWith("[") && line.includes("] -A "))) &&
			!ourComments.some((comment) => line.includes(comment)),
	);
}

const ourComments = ['-m comment --comment "proxy-init/', "-m comment --comment proxy-init/"] as const;

type Failed = Extract<Answer, { kind: "failed" }>;

type Listed =
	| { readonly kind: "listed"; readonly listing: Listing }
	| Failed
	| { readonly kind: "not-asked" };

function listingOf([json, text]: readonly Answer[]): Listed {
	if (json === undefined) {
		return { kind: "not-asked" };
	}
	if (json.kind === "failed") {
		return json;
	}
	if (!/^\s*\{\s*"nftables"\s*:/.test(json.text)) {
		return { kind: "failed", why: "nft printed something else than a listing", code: "refused" };
	}
	return { kind: "listed", listing: { json: json.text, text: text?.kind === "printed" ? text.text : "" } };
}

/** Where one table's flags spoil the JSON of all, each is listed by itself. */
function unspoilt(host: Host, listed: Listed, tables: readonly NftTable[]) {
	if (listed.kind !== "listed" || !hasFlags(listed.listing.json) || parseListing(listed.listing.json)) {
		return { listed, spoilt: [] };
	}
	const { text } = listed.listing;
	const { json: whole, spoilt } = listEach(host, tables, text);
	return { listed: { kind: "listed", listing: { json: whole, text } } as const, spoilt };
}

const spoiltListing: Failed = {
	kind: "failed",
	why: "nft printed a listing that cannot be read",
	code: "refused",
};

function gapOf({ dialect, family }: Savable, answer: Answer | undefined): Gap[] {
	const gap = { dialect, scope: family, table: "nat" } as const;
	if (answer?.kind === "failed") {
		return [{ ...gap, why: answer.why, code: answer.code }];
	}
	// Where iptables-nft prints nothing, nft does; of a legacy table there is nobody else to ask.
	return dialect === "legacy" && !isTable(answer?.text ?? "")
		? [
				{
					...gap,
					why: `${toolsOf(dialect, family).save} did not print it, or not to its end`,
					code: "refused",
				},
			]
		: [];
}

/** A table that iptables-nft-save will not show for what nft has put there, although chains of ours are in it. */
function hiddenOwn({ table: { dialect, family }, answer }: Read, { json }: Listing): Gap[] {
	const isHidden = dialect === "nft" && answer?.kind === "printed" && !isTable(answer.text);
	const isOurs = (entry: JsonRecord) =>
		field(entry["chain"], "family") === (family === "ipv4" ? "ip" : "ip6") &&
		field(entry["chain"], "table") === "nat" &&
		hookOfOwnChain(String(field(entry["chain"], "name"))) !== undefined;
	return isHidden && parseListing(json)?.some(isOurs) === true
		? [
				{
					dialect,
					scope: family,
					table: "nat",
					why: `${toolsOf(dialect, family).save} does not show it, since it holds rules that nft made`,
					code: "refused",
				},
			]
		: [];
}

function unlistedTable({ family, name }: NftTable, { why, code }: Failed): Gap {
	return { dialect: "nftables", scope: family, table: name, why, code };
}

function unconfirmedTable({ family: scope, name: table }: NftTable, { why, code }: Failed): Gap {
	const left = "iptables-nft-save leaves out of a rule that nft made what it has no word for";
	return { dialect: "nft", scope, table, why: `${left}, and ${why}`, code };
}

/** Where it cannot be seen whether there is a table; of nf_tables in one word for both of its dialects. */
function hiddenTables(host: Host): Gap[] {
	return survey(host)
		.hidden.filter(({ dialect }) => dialect !== "nft")
		.map(({ dialect, scope, why, code }) => ({ dialect, scope, why, code }));
}
