import { commentPrefix } from "../../rules/comment.ts";
import { type ByteOrder, textOf } from "../../wire/bytes.ts";
import { upToNul } from "../../wire/ip-table.ts";
import { natTable, type TableContent } from "../../wire/nat-tables.ts";
import type { RuleObject } from "../../wire/objects.ts";
import type { HookedRule } from "../backend.ts";
import { type Commented, likelyRules } from "./likely-rules.ts";
import { chainNames, hookOfOwnChain } from "./own-state.ts";

/** As {@link likelyRules}, of a table `nat` of nf_tables, in which comments are matches. */
export function likelyInNft(content: TableContent, order: ByteOrder): readonly HookedRule[] {
	const found = content.rules.flatMap((rule): Commented<RuleObject>[] => {
		const hook = hookOfOwnChain(rule.chain);
		const start = hook === undefined ? -1 : rule.expressions.indexOf(commentPrefix);
		return hook === undefined || start < 0
			? []
			: [{ hook, comment: textOf(upToNul(rule.expressions.slice(start, start + 256))), rule }];
	});
	return likelyRules(found, (hook, rule) => {
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
