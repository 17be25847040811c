/**
 * The tables, as `FAMILY NAME`, whose chains are switched off (`flags dormant`), from `nft list ruleset`: in JSON, nft
 * 1.0.6 prints the table's name in place of its flags.
 */
export function dormantTables(listing: string): ReadonlySet<string> {
	const found = [...listing.matchAll(/^table (\S+ \S+) \{(?: # handle \d+)?\n\tflags [^\n]*\bdormant\b/gm)];
	return new Set(found.map(([, table]) => table ?? ""));
}
