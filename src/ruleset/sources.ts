import { toolsOf } from "../backend/iptables/variant.ts";
import { existingPlaces } from "../backend/places.ts";
import type { Family } from "../domain/family.ts";
import type { Host, NftTable } from "../host/host.ts";
import { type Answer, askTools, type Question } from "./ask-tools.ts";
import type { Gap } from "./ruleset.ts";

/** What the tools of all dialects printed about a network namespace: of those tables that exist, and of no others. */
export interface Sources {
	readonly saved: readonly SavedSource[];
	/** Absent where nf_tables holds nothing but tables of iptables-nft. */
	readonly listing?: Listing;
	/** Tables that iptables-save should have printed and did not; nft may have listed what iptables-nft could not. */
	readonly unsaved: readonly Gap[];
	/** What nobody could read. */
	readonly gaps: readonly Gap[];
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
	/** `nft -a list ruleset`, whose rules carry the handles that JSON has too. */
	readonly text: string;
}

/**
 * Reads what is there, with all tools at the same time. The legacy tools make the table that they are asked for, so
 * none is asked for one that does not exist. What iptables-nft cannot read in a table of its name, nft is asked for.
 */
export function readSources(host: Host): Sources {
	const nftTables = host.nftTables() ?? [];
	const wanted = savable(host);
	const hasOthers = nftTables.some(({ family, name }) => family === "inet" || name !== "nat");
	const answers = askTools(host, [...wanted.map(saving), ...(hasOthers ? listing : [])]);
	const read = wanted.map((table, index) => ({ table, answer: answers[index] }));
	const saved = read.flatMap(({ table, answer }) => savedSource(table, answer));
	const isSaved = ({ family, name }: NftTable) =>
		name === "nat" &&
		saved.some(({ dialect, text, ...of }) => dialect === "nft" && of.family === family && isWhole(text));
	const rest = nftTables.filter((table) => !isSaved(table));
	const listed = listingOf(
		hasOthers ? answers.slice(wanted.length) : askTools(host, rest.length > 0 ? listing : []),
	);
	const unsaved = read.flatMap(({ table, answer }) =>
		answer?.kind === "failed" ? [gapOf(table, answer)] : [],
	);
	return {
		saved,
		unsaved,
		...(listed.kind === "listed" ? { listing: listed.listing } : {}),
		gaps: [
			...hiddenTables(host),
			...unsaved.filter(({ dialect }) => dialect === "legacy"),
			...(listed.kind === "failed" ? rest.map((table) => unlisted(table, listed)) : []),
		],
	};
}

type Savable = Omit<SavedSource, "text">;

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

/** Of a table that it cannot read, iptables-nft-save prints no more than that it is incompatible, and succeeds. */
function savedSource(table: Savable, answer: Answer | undefined): SavedSource[] {
	return answer?.kind === "printed" && /^\*nat$/m.test(answer.text) ? [{ ...table, text: answer.text }] : [];
}

/** It leaves out base chains of names and places that are not iptables', and says so. */
function isWhole(text: string): boolean {
	return !/^# Table `nat' .*incompatible/m.test(text);
}

type Failed = Extract<Answer, { kind: "failed" }>;

type Listed =
	| { readonly kind: "listed"; readonly listing: Listing }
	| Failed
	| { readonly kind: "not-asked" };

function listingOf([json, text]: readonly Answer[]): Listed {
	if (json === undefined || text === undefined) {
		return { kind: "not-asked" };
	}
	if (json.kind === "failed") {
		return json;
	}
	return { kind: "listed", listing: { json: json.text, text: text.kind === "printed" ? text.text : "" } };
}

function gapOf({ dialect, family }: Savable, { why, code }: Failed): Gap {
	return { dialect, scope: family, table: "nat", why, code };
}

function unlisted({ family, name }: NftTable, { why, code }: Failed): Gap {
	return { dialect: "nftables", scope: family, table: name, why, code };
}

/**
 * To whom the list of legacy tables is not shown, it is as though there were none. It is the superuser's (xt_proto_init
 * in net/netfilter/x_tables.c), or of who may read every file.
 */
function hiddenTables(host: Host): Gap[] {
	const status = host.readFile("/proc/self/status") ?? "";
	const [, effective = "0"] = /^Uid:\s+\d+\s+(\d+)/m.exec(status) ?? [];
	const [, capabilities = "0"] = /^CapEff:\s+([\da-f]+)$/m.exec(status) ?? [];
	const readsEverything = (BigInt(`0x${capabilities}`) & mayReadEverything) !== 0n;
	return effective === "0" || readsEverything
		? []
		: (["ipv4", "ipv6"] as const).map((scope) => ({
				dialect: "legacy",
				scope,
				why: "only root is told whether there are any",
				code: "not-permitted",
			}));
}

/** CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH in linux/capability.h. */
const mayReadEverything = 0b110n;
