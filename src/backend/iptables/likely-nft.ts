import type { Hook } from "../../rules/plan.ts";
import { type ByteOrder, placeOf } from "../../wire/bytes.ts";
import { upToNul } from "../../wire/ip-table.ts";
import { natTable, rulesByChain, type TableContent } from "../../wire/nat-tables.ts";
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
	const likely = new LikelyRules<RuleObject>();
	for (const { hook, rules } of ownChainsOf(content)) {
		for (const rule of rules) {
			const start = placeOf(rule.expressions, begin);
			if (start >= 0) {
				likely.add(hook, upToNul(rule.expressions.slice(start, start + commentLength)), rule);
			}
		}
	}
	return likely.read((hook, rule) => {
		const chains = natTable({ ...content, rules: [rule] }, order)?.chains ?? [];
		return chains.find(({ name }) => name === chainNames[hook].own)?.rules[0]?.text;
	});
}

/** How many rules of ours there are, where a plan stands in the table, and ways to them. */
export function countInNft(content: TableContent): number {
	return ownChainsOf(content).reduce((sum, { rules }) => sum + rules.length, Object.keys(chainNames).length);
}

function ownChainsOf({ rules }: TableContent): { hook: Hook; rules: readonly RuleObject[] }[] {
	return [...rulesByChain(rules)].flatMap(([chain, within]) => {
		const hook = hookOfOwnChain(chain);
		return hook === undefined ? [] : [{ hook, rules: within }];
	});
}
