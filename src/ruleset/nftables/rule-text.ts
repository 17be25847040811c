/**
 * The rules' own words from `nft -a list ruleset`, by table, chain and handle: JSON says what a rule does, but nobody
 * would recognise their rule in it.
 */
export function ruleTexts(listing: string): ReadonlyMap<string, string> {
	const texts = new Map<string, string>();
	let table = "";
	let chain = "";
	for (const line of listing.split("\n")) {
		const [, kind, name] = /^\s*(table|chain) (.+) \{(?: # handle \d+)?$/.exec(line) ?? [];
		if (kind === "table") {
			table = name ?? "";
		} else if (kind === "chain") {
			chain = name ?? "";
		}
		const [, text, handle] = /^\t\t(.*) # handle (\d+)$/.exec(line) ?? [];
		if (text !== undefined) {
			texts.set(`${table} ${chain} ${handle}`, text);
		}
	}
	return texts;
}
