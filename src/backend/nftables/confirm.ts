import { type Cidr, formatCidr } from "../../domain/cidr.ts";
import type { InterfacePattern } from "../../domain/interface-name.ts";
import type { Span } from "../../domain/number.ts";
import type { Action, Condition, FoundRule } from "../../rules/rule.ts";
import { chainOf, type NatTable, wholeRules } from "../../rules/ruleset.ts";
import { isXt } from "./statement-words.ts";

/**
 * What iptables-nft-save printed of a table, put right by what nft lists of it. Of a rule that nft made, iptables-nft
 * prints what iptables has a word for and leaves out the rest, with status 0 and without a word about it: `tcp dport
 * { 80, 443 } return` becomes `-p tcp -j RETURN`, and `ip daddr 10.0.0.1-10.0.0.7 return` `-d 10.0.0.7/32 -j RETURN`
 * (seen with 1.8.9 and 1.8.13). In turn nft's JSON has no more than the names of iptables' own extensions.
 */
export function confirmed(saved: NatTable, listed: NatTable): NatTable {
	const chains = new Map(listed.chains.map((chain) => [chain.name, chain]));
	return {
		...saved,
		chains: saved.chains.map((chain) =>
			chainOf(chain.name, chain.base, () =>
				confirmedRules(chain.rules, wholeRules(chains.get(chain.name)?.rules ?? []), saved.scope),
			),
		),
	};
}

/** Both print a chain's rules in its order; where they are not as many, one of them has left out some, and not nft. */
function confirmedRules(
	saved: readonly FoundRule[],
	listed: readonly (readonly FoundRule[])[],
	scope: NatTable["scope"],
): readonly FoundRule[] {
	return saved.length === listed.length
		? saved.flatMap((rule, index) => confirmedRule(rule, listed[index] ?? [], scope))
		: listed.flat();
}

function confirmedRule(
	saved: FoundRule,
	group: readonly FoundRule[],
	scope: NatTable["scope"],
): readonly FoundRule[] {
	const [listed, ...others] = group;
	if (listed === undefined || others.length > 0) {
		return group;
	}
	const { missing, surplus, hasExtensions } = differences(saved, listed, scope);
	const action = unlessExtension(listed.action) ?? saved.action;
	const isSame = missing.length === 0 && inOneSpelling(action) === inOneSpelling(saved.action);
	if (!hasExtensions) {
		return isSame && !surplus ? [saved] : group;
	}
	return isSame
		? [saved]
		: [
				{
					text: listed.text,
					conditions: [...saved.conditions, ...missing],
					action,
					comment: saved.comment,
				},
			];
}

function unlessExtension(action: Action): Action | undefined {
	return action.kind === "unparsed" && isXt(action.text) ? undefined : action;
}

/** In what the two differ, once what says nothing in a table of one family is left out. */
function differences(saved: FoundRule, listed: FoundRule, scope: NatTable["scope"]) {
	const own = saved.conditions.filter(isRead).map(inOneSpelling);
	const theirs = listed.conditions.filter(
		(condition) => !isExtension(condition) && !(condition.kind === "family" && condition.family === scope),
	);
	const strange = theirs.filter((condition) => !isRead(condition));
	const unread = saved.conditions.length - own.length;
	const known = theirs.filter(isRead);
	const spelt = known.map(inOneSpelling);
	// Neither has understood the same thing, most likely: a rate, a kind of packet.
	const isStrangeToBoth = strange.length <= unread;
	return {
		missing: [
			...known.filter((condition) => !own.includes(inOneSpelling(condition))),
			...(isStrangeToBoth ? [] : strange),
		],
		surplus:
			unread > strange.length ||
			(strange.length === 0 && own.some((condition) => !spelt.includes(condition))),
		hasExtensions: listed.conditions.some(isExtension) || unlessExtension(listed.action) === undefined,
	};
}

function isRead({ kind }: Condition): boolean {
	return kind !== "unparsed";
}

function isExtension(condition: Condition): boolean {
	return condition.kind === "unparsed" && isXt(condition.text);
}

/** One text for conditions, or for actions, that mean the same, in whatever order they name things. */
function inOneSpelling({ kind, ...rest }: Condition | Action): string {
	const said = Object.entries(rest).map(([key, value]) => `${key} ${spelling(value)}`);
	return [kind, ...said.sort()].join(" ");
}

type Said = string | number | boolean | Span | Cidr | InterfacePattern;

function spelling(said: Said | readonly Said[]): string {
	if (typeof said !== "object") {
		return `${said}`;
	}
	if ("low" in said) {
		return `${said.low}-${said.high}`;
	}
	if ("network" in said) {
		return formatCidr(said);
	}
	return "isPrefix" in said
		? `${said.name}${said.isPrefix ? "+" : ""}`
		: said
				.map((one) => spelling(one))
				.sort()
				.join();
}
