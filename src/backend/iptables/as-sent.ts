import type { Family } from "../../domain/family.ts";
import { hooks, type Plan, rulesOf } from "../../rules/plan.ts";
import { type ByteOrder, toldWords, type Words } from "../../wire/bytes.ts";
import { isCounted } from "../../wire/expressions.ts";
import { rulesByChain, type TableContent } from "../../wire/nat-tables.ts";
import { jumpExpressions, ruleExpressions } from "./nft-rule.ts";
import { chainNames, hookOfOwnChain } from "./own-state.ts";

/**
 * Whether a family's table `nat` holds a plan byte for byte as we would have sent it: our chains with its rules, and one way
 * into each. Where this says no the two may still mean the same, which takes reading the rules (driftOfState in drift.ts);
 * where it says yes there is nothing to read, however long the lists are.
 */
export function natStandsAsSent(content: TableContent, plan: Plan, family: Family, of: ByteOrder): boolean {
	const order = toldWords[of];
	const rules = rulesByChain(content.rules);
	return (
		!content.table.hasFlags &&
		areJumpsAsSent(content, order) &&
		plan.chains.every((chain) => {
			const { own } = chainNames[chain.hook];
			const wanted = rulesOf(chain, family).flatMap((rule) => ruleExpressions(rule, family, order));
			const told = rules.get(own) ?? [];
			return (
				content.chains.some(({ name, base }) => name === own && base === undefined) &&
				told.length === wanted.length &&
				wanted.every((each, index) => isCounted(told[index]?.expressions ?? "", each, order))
			);
		})
	);
}

/** What else names a chain of ours, in whatever way, is for a closer look. */
function areJumpsAsSent({ rules, sets }: TableContent, order: Words): boolean {
	const naming = [...rulesByChain(rules)].flatMap(([chain, within]) =>
		hookOfOwnChain(chain) === undefined ? within.filter(({ expressions }) => namesOurs(expressions)) : [],
	);
	return (
		naming.length === hooks.length &&
		// A verdict map leads where its elements say.
		!sets.some(({ told }) => told.some(({ bytes }) => namesOurs(bytes))) &&
		hooks.every((hook) =>
			naming.some(
				({ chain, expressions }) =>
					chain === chainNames[hook].builtIn && isCounted(expressions, jumpExpressions(hook, order), order),
			),
		)
	);
}

function namesOurs(bytes: string): boolean {
	return hooks.some((hook) => bytes.includes(chainNames[hook].own));
}
