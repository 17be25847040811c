import { type ByteOrder, placeOf } from "../../wire/bytes.ts";
import { upToNul } from "../../wire/ip-table.ts";
import { natTable, type TableContent } from "../../wire/nat-tables.ts";
import type { RuleObject } from "../../wire/objects.ts";
import { commentLength } from "../../wire/xtables.ts";
import type { HookedRule } from "../backend.ts";
import { type Among, commentStarts, LikelyRules } from "./likely-rules.ts";
import { chainNames, hookOfOwnChain } from "./own-state.ts";

/** As {@link LikelyRules} has it, of a table `nat` of nf_tables, in which comments are matches. */
export function likelyInNft(
	content: TableContent,
	order: ByteOrder,
	among: Among = "all",
): readonly HookedRule[] {
	const begin = commentStarts[among];
	const rules = new LikelyRules<RuleObject>();
	for (const rule of content.rules) {
		const hook = hookOfOwnChain(rule.chain);
		const start = hook === undefined ? -1 : placeOf(rule.expressions, begin);
		if (hook !== undefined && start >= 0) {
			rules.add(hook, upToNul(rule.expressions.slice(start, start + commentLength)), rule);
		}
	}
	return rules.read((hook, rule) => {
		const chains = natTable({ ...content, rules: [rule] }, order)?.chains ?? [];
		return chains.find(({ name }) => name === chainNames[hook].own)?.rules[0]?.text;
	});
}

/** How many rules of ours there are, where a plan stands in the table, and ways to them. */
export function countInNft({ rules }: TableContent): number {
	return (
		rules.filter(({ chain }) => hookOfOwnChain(chain) !== undefined).length + Object.keys(chainNames).length
	);
}
