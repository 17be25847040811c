import type { Host, NftTable } from "../host/host.ts";
import { askTools } from "./ask-tools.ts";
import { dormantTables } from "./nftables/dormant.ts";
import { type JsonRecord, parseListing } from "./nftables/json.ts";

/** What nft printed of each table by itself. */
export interface EachListed {
	/** As of `nft -j list ruleset`, of the tables that could be read. */
	readonly json: string;
	/** Those whose JSON is spoilt, but for those that are switched off and so do nothing. */
	readonly spoilt: readonly NftTable[];
}

/**
 * Lists the tables one by one. Where a table has flags nft 1.0.6 prints into its JSON whatever text came before, or what is
 * no text, after which the rest is missing (findings/nft-json-loses-table-flags.sh): one such table of somebody else's
 * would hide all the others. `text` is what `nft list ruleset` printed, which does tell the flags.
 */
export function listEach(host: Host, tables: readonly NftTable[], text: string): EachListed {
	const answers = askTools(
		host,
		tables.map((table) => ({ program: "nft", args: ["-n", "-j", "list", "table", ...nameOf(table)] })),
	);
	const off = dormantTables(text);
	const entries: JsonRecord[] = [];
	const spoilt: NftTable[] = [];
	for (const [index, table] of tables.entries()) {
		const answer = answers[index];
		const listed = answer?.kind === "printed" ? parseListing(answer.text) : undefined;
		if (listed !== undefined) {
			entries.push(...listed);
		} else if (!off.has(nameOf(table).join(" "))) {
			spoilt.push(table);
		}
	}
	return { json: JSON.stringify({ nftables: entries }), spoilt };
}

/** As nft calls it. */
function nameOf({ family, name }: NftTable): readonly [string, string] {
	return [{ ipv4: "ip", ipv6: "ip6", inet: "inet" }[family], name];
}
