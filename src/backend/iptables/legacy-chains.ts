import { type Hook, hooks, type Plan, rulesOf } from "../../rules/plan.ts";
import { isBuiltAs } from "../../wire/build-ip-table.ts";
import type { Words } from "../../wire/bytes.ts";
import {
	baseChainNames,
	type IpChain,
	type IpRule,
	type IpTable,
	type IpTarget,
} from "../../wire/ip-table.ts";
import { encodeJump, encodeRules } from "./legacy-rule.ts";
import type { LegacyTable } from "./legacy-table.ts";
import { chainNames, hookOfOwnChain } from "./own-state.ts";

/**
 * The table with a plan's chains in place of ours, and nothing else of it changed. A jump of ours that is there keeps
 * its place among others' rules, and what it counted; any other way into our chains goes.
 */
export function withPlan(table: IpTable, plan: Plan, order: Words): IpTable {
	const { family } = table;
	const own = plan.chains.map(
		(chain): IpChain => ({
			name: chainNames[chain.hook].own,
			rules: encodeRules(rulesOf(chain, family), family, order),
		}),
	);
	const jumps = new Map(
		plan.chains.map(({ hook }) => [chainNames[hook].builtIn as string, encodeJump(hook, family, order)]),
	);
	const others = table.chains.filter(isForeign).map((chain) => {
		const jump = chain.base === undefined ? undefined : jumps.get(chain.name);
		return {
			...chain,
			rules: jump === undefined ? withoutWays(chain.rules) : jumpingOnce(chain.rules, jump),
		};
	});
	return { family, chains: own.reduce(inOrder, others) };
}

/**
 * Whether a table is byte for byte what we make of one that holds nothing else, whatever its rules have counted. Where this
 * says no the plan may still be there, which takes taking the table apart; where it says yes there is nothing to read.
 */
export function standsAsSent(
	{ family, info, entries }: Pick<LegacyTable, "family" | "info" | "entries">,
	plan: Plan,
	order: Words,
): boolean {
	return tableAsSent({ family, info, entries }, plan, order) !== undefined;
}

/** The table as we would have sent it, where that is what is there. */
export function tableAsSent(
	{ family, info, entries }: Pick<LegacyTable, "family" | "info" | "entries">,
	plan: Plan,
	order: Words,
): IpTable | undefined {
	if (isWithoutRules(info)) {
		return undefined;
	}
	const chains = baseChainNames.flatMap((name, hook): IpChain[] =>
		(info.hooks & (1 << hook)) === 0 ? [] : [{ name, rules: [], base: { hook, policy: "accept" } }],
	);
	const table = withPlan({ family, chains }, plan, order);
	return isBuiltAs(table, info, entries, order) ? table : undefined;
}

/** A policy for each hook, and the end of the table. */
function isWithoutRules({ hooks: hooked, entryCount }: LegacyTable["info"]): boolean {
	let count = 1;
	for (let rest = hooked; rest !== 0; rest >>>= 1) {
		count += rest & 1;
	}
	return entryCount === count;
}

/** The table without anything of ours. */
export function withoutOurs({ family, chains }: IpTable): IpTable {
	return {
		family,
		chains: chains.filter(isForeign).map((chain) => ({ ...chain, rules: withoutWays(chain.rules) })),
	};
}

/**
 * The table with our part of another one: our chains, and what leads into them from others' chains, at the same places
 * where those are there.
 */
export function withOursOf(table: IpTable, other: IpTable): IpTable {
	const cleaned = withoutOurs(table);
	const own = other.chains
		.filter((chain) => !isForeign(chain))
		.map(({ name, rules }) => ({
			name,
			rules: rules.map(asNew),
		}));
	const chains = cleaned.chains.map((chain) => {
		const ways = [...(other.chains.find(({ name }) => name === chain.name)?.rules ?? []).entries()].filter(
			([, rule]) => leadsToUs(rule),
		);
		return ways.length === 0
			? chain
			: {
					...chain,
					rules: ways.reduce((rules, [index, way]) => rules.toSpliced(index, 0, asNew(way)), chain.rules),
				};
	});
	return { family: table.family, chains: own.reduce(inOrder, chains) };
}

function asNew({ packet, matches, target }: IpRule): IpRule {
	return { packet, matches, target };
}

/** Whether two tables have the same chains with the same rules, byte for byte. */
export function isSameTable(a: IpTable, b: IpTable): boolean {
	return (
		a.chains.length === b.chains.length &&
		a.chains.every(({ name, rules }, index) => {
			const other = b.chains[index];
			return (
				other?.name === name &&
				other.rules.length === rules.length &&
				rules.every((rule, place) => isSameRule(rule, other.rules[place]))
			);
		})
	);
}

/** Whatever entry of a table it is. */
function isSameRule(a: IpRule, b: IpRule | undefined): boolean {
	return a === b || (a.packet === b?.packet && a.matches === b.matches && isSameTarget(a.target, b.target));
}

function isSameTarget(a: IpTarget, b: IpTarget): boolean {
	switch (a.kind) {
		case "extension":
			return b.kind === "extension" && a.bytes === b.bytes;
		case "jump":
			return b.kind === "jump" && a.chain === b.chain;
		default:
			return a.kind === b.kind;
	}
}

function isForeign({ name, base }: IpChain): boolean {
	return base !== undefined || hookOfOwnChain(name) === undefined;
}

function leadsToUs({ target }: IpRule): boolean {
	return target.kind === "jump" && hookOfOwnChain(target.chain) !== undefined;
}

function withoutWays(rules: readonly IpRule[]): readonly IpRule[] {
	return rules.some(leadsToUs) ? rules.filter((rule) => !leadsToUs(rule)) : rules;
}

function jumpingOnce(rules: readonly IpRule[], jump: IpRule): IpRule[] {
	const kept = rules.find((rule) => isSameRule(rule, jump));
	const others = rules.filter((rule) => rule === kept || !leadsToUs(rule));
	return kept === undefined ? [...others, jump] : others;
}

/** Where libiptc would put it: its list is sorted by name, behind the chains that the kernel enters. */
function inOrder(chains: readonly IpChain[], chain: IpChain): IpChain[] {
	const index = chains.findIndex(({ name, base }) => base === undefined && name > chain.name);
	return chains.toSpliced(index < 0 ? chains.length : index, 0, chain);
}

/** The hooks whose chains of ours are there. */
export function ownHooks({ chains }: IpTable): Hook[] {
	return hooks.filter((hook) => chains.some(({ name }) => name === chainNames[hook].own));
}
