import type { NatRule } from "./ruleset.ts";

/** Each rule with its place in the chain, from 1, which the parts of one share. */
export function* placed(rules: readonly NatRule[]): Generator<readonly [position: number, rule: NatRule]> {
	let position = 0;
	for (const [index, rule] of rules.entries()) {
		position += isPart(rule, rules[index - 1]) ? 0 : 1;
		yield [position, rule];
	}
}

/** Whether the rule before it is another part of the same rule: a verdict map is taken apart (nftables/parse-rule.ts). */
function isPart(rule: NatRule, before: NatRule | undefined): boolean {
	return rule.handle !== undefined && rule.handle === before?.handle;
}

/** A chain's rules as they are in the kernel, each in the parts that it was taken apart into. */
export function wholeRules(rules: readonly NatRule[]): readonly [NatRule, ...NatRule[]][] {
	const whole: [NatRule, ...NatRule[]][] = [];
	for (const [index, rule] of rules.entries()) {
		const last = whole.at(-1);
		if (last !== undefined && isPart(rule, rules[index - 1])) {
			last.push(rule);
		} else {
			whole.push([rule]);
		}
	}
	return whole;
}
