import type { Hook } from "../../plan/plan.ts";
import { groupBy } from "../group-by.ts";
import type { Base, NatChain, NatTable } from "../ruleset.ts";
import { isDormant } from "./dormant.ts";
import { asList, asRecord, type Json, type JsonRecord, parseListing } from "./json.ts";
import { parseRule } from "./parse-rule.ts";
import { listedTexts } from "./rule-text.ts";

/** The nat tables of a listing. */
export interface ListedTables {
	readonly tables: readonly NatTable[];
	/** Tables with nat chains of which the listing does not tell whether they are switched off. */
	readonly unclear: readonly Pick<NatTable, "scope" | "name">[];
}

/**
 * Reads the tables that have nat chains where a pod's connections are steered from `nft -n -j list ruleset`.
 * `texts` is what `nft -a list ruleset` printed, for the rules' own words. Undefined for what is no listing.
 */
export function parseNftTables(json: string, texts: string): ListedTables | undefined {
	const entries = parseListing(json);
	if (entries === undefined) {
		return undefined;
	}
	const printed = listedTexts(texts);
	const found = objects(entries, "table").flatMap((table) => {
		const scope = scopes[String(table["family"])];
		const chains = chainsOf(table, entries, printed.rules);
		return scope === undefined || !chains.some(({ base }) => base !== undefined)
			? []
			: [{ isOff: isDormant(table, printed), read: natTable(scope, String(table["name"]), chains) }];
	});
	return {
		tables: found.flatMap(({ isOff, read }) => (isOff === false ? [read] : [])),
		unclear: found.flatMap(({ isOff, read }) => (isOff === undefined ? [read] : [])),
	};
}

function natTable(scope: NatTable["scope"], name: string, chains: readonly NatChain[]): NatTable {
	return { dialect: "nftables", scope, name, chains };
}

function objects(entries: readonly JsonRecord[], kind: string): JsonRecord[] {
	return entries.map((entry) => asRecord(entry[kind])).filter((object) => object !== undefined);
}

function chainsOf(
	table: JsonRecord,
	entries: readonly JsonRecord[],
	words: ReadonlyMap<string, string>,
): NatChain[] {
	const mine = (kind: string) =>
		objects(entries, kind).filter(
			(object) => object["family"] === table["family"] && object["table"] === table["name"],
		);
	const sets = new Map<string, readonly Json[]>(
		[...mine("set"), ...mine("map")].map((set) => [String(set["name"]), asList(set["elem"])]),
	);
	const rulesOf = groupBy(mine("rule"), (rule) => rule["chain"]);
	const textOf = (rule: JsonRecord) =>
		words.get(`${rule["family"]} ${rule["table"]} ${rule["chain"]} ${rule["handle"]}`);
	return mine("chain").map((chain) => ({
		name: String(chain["name"]),
		...baseOf(chain),
		rules: (rulesOf.get(chain["name"]) ?? []).flatMap((rule) => parseRule(rule, textOf(rule), sets)),
	}));
}

const scopes: Readonly<Record<string, NatTable["scope"]>> = { ip: "ipv4", ip6: "ipv6", inet: "inet" };
const hooks: readonly Hook[] = ["prerouting", "output"];

/** A chain of type filter steers nothing, and those behind routing change where packets come from. */
function baseOf(chain: JsonRecord): { base?: Base } {
	const hook = hooks.find((candidate) => candidate === chain["hook"]);
	const { prio } = chain;
	return hook === undefined || chain["type"] !== "nat" || typeof prio !== "number"
		? {}
		: { base: { hook, priority: prio, policy: chain["policy"] === "drop" ? "drop" : "accept" } };
}
