import { hooks } from "../../rules/plan.ts";
import {
	type Base,
	chainOf,
	type NatChain,
	type NatTable,
	nftFamilies,
	type Scope,
} from "../../rules/ruleset.ts";
import { asArray, asList, asRecord, field, type Json, type JsonRecord, type NamedSets } from "./json.ts";
import { readRule } from "./read-rule.ts";
import type { ListedTexts } from "./texts.ts";

/** A table of a listing. */
export interface ListedTable {
	readonly table: NatTable;
	/** Whether its chains are switched off; undefined where the listing does not tell. */
	readonly isOff: boolean | undefined;
}

/** The entries of a listing (libnftables-json(5)); undefined for what is no listing at all. */
export function listingEntries(json: string): readonly JsonRecord[] | undefined {
	try {
		return asArray(field(JSON.parse(json), "nftables"))
			?.map(asRecord)
			.filter((entry) => entry !== undefined);
	} catch {
		return undefined;
	}
}

/**
 * Reads the tables whose families a pod's connections can be of from the entries of `nft -n -j list ruleset`. `printed` is
 * what `nft -a list ruleset` printed, for the rules' own words; without it they have those of JSON.
 */
export function readListing(entries: readonly JsonRecord[], printed = unprinted): ListedTable[] {
	const parts = partsByTable(entries);
	return objects(entries, "table").flatMap((table): ListedTable[] => {
		const scope = scopes[String(table["family"])];
		if (scope === undefined) {
			return [];
		}
		const chains = chainsOf(parts.get(`${table["family"]} ${table["name"]}`), printed);
		const isOff = isDormant(table, printed);
		const hasFlags = "flags" in table || isOff === true ? ({ hasFlags: true } as const) : {};
		const name = String(table["name"]);
		const comment = commentOf(table, printed);
		return [
			{
				table: {
					dialect: "nftables",
					scope,
					name,
					chains,
					...hasFlags,
					...(comment === undefined ? {} : { comment }),
				},
				isOff,
			},
		];
	});
}

/** Releases before 1.1 tell it to people alone (0.9.8 and 1.0.6 for instance). */
function commentOf(table: JsonRecord, { comments }: ListedTexts): string | undefined {
	const { comment } = table;
	return typeof comment === "string" ? comment : comments.get(`${table["family"]} ${table["name"]}`);
}

const scopes: Readonly<Record<string, Scope>> = Object.fromEntries(
	Object.entries(nftFamilies).map(([scope, family]) => [family, scope as Scope]),
);

function objects(entries: readonly JsonRecord[], kind: string): JsonRecord[] {
	return entries.map((entry) => asRecord(entry[kind])).filter((object) => object !== undefined);
}

/** What belongs to one table. */
interface Parts {
	readonly chains: JsonRecord[];
	readonly rules: Map<Json, JsonRecord[]>;
	readonly sets: Map<string, readonly Json[]>;
}

/**
 * In one pass: a node's own namespace may hold tens of thousands of rules in as many chains, so that looking through all
 * rules for each chain would take minutes.
 */
function partsByTable(entries: readonly JsonRecord[]): ReadonlyMap<string, Parts> {
	const tables = new Map<string, Parts>();
	for (const entry of entries) {
		const [kind = "", value] = Object.entries(entry)[0] ?? [];
		const object = asRecord(value);
		if (object === undefined) {
			continue;
		}
		const key = `${object["family"]} ${object["table"]}`;
		const parts = tables.get(key) ?? { chains: [], rules: new Map(), sets: new Map() };
		tables.set(key, parts);
		addPart(parts, kind, object);
	}
	return tables;
}

function addPart({ chains, rules, sets }: Parts, kind: string, object: JsonRecord): void {
	switch (kind) {
		case "chain":
			chains.push(object);
			break;
		case "rule": {
			const before = rules.get(object["chain"]);
			if (before === undefined) {
				rules.set(object["chain"], [object]);
			} else {
				before.push(object);
			}
			break;
		}
		case "set":
		case "map":
			sets.set(String(object["name"]), asList(object["elem"]));
			break;
	}
}

function chainsOf(parts: Parts | undefined, { rules: words, say }: ListedTexts): NatChain[] {
	const { chains = [], rules = new Map<Json, JsonRecord[]>(), sets = new Map() } = parts ?? {};
	const textOf = (rule: JsonRecord) =>
		words.get(`${rule["family"]} ${rule["table"]} ${rule["chain"]} ${rule["handle"]}`);
	return chains.map((chain) =>
		chainOf(String(chain["name"]), baseOf(chain), () =>
			(rules.get(chain["name"]) ?? []).flatMap((rule) =>
				readRule(rule, { text: textOf(rule), say }, sets as NamedSets),
			),
		),
	);
}

/** A chain of type filter steers nothing, and those behind routing change where packets come from. */
function baseOf(chain: JsonRecord): Base | undefined {
	const hook = hooks.find((candidate) => candidate === chain["hook"]);
	const { prio } = chain;
	return hook === undefined || chain["type"] !== "nat" || typeof prio !== "number"
		? undefined
		: { hook, priority: prio, policy: chain["policy"] === "drop" ? "drop" : "accept" };
}

/** Where nobody wants more than JSON. */
const unprinted: ListedTexts = {
	rules: new Map(),
	flags: new Map(),
	comments: new Map(),
	say: (statements) => statements.map((statement) => JSON.stringify(statement)),
};

/** Flags of a table that leave its chains as they are (nft(8), "TABLES"). */
const harmless: ReadonlySet<unknown> = new Set(["owner", "persist"]);

/**
 * Whether a table's chains are switched off (`flags dormant`): undefined where that cannot be told. In place of the flags,
 * nft 1.0.6 prints some other text into its JSON, so what it printed for people goes first.
 */
export function isDormant(table: JsonRecord, { flags }: ListedTexts): boolean | undefined {
	const told = flags.get(`${table["family"]} ${table["name"]}`);
	const words: readonly unknown[] = told ?? asList(table["flags"]);
	if (words.includes("dormant")) {
		return true;
	}
	return told !== undefined || words.every((word) => harmless.has(word)) ? false : undefined;
}
