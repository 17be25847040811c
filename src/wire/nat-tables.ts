import { onceOf } from "../domain/once-of.ts";
import { type Hook, hooks } from "../rules/plan.ts";
import { type Base, chainOf, type NatTable } from "../rules/ruleset.ts";
import { type ByteOrder, words } from "./bytes.ts";
import type { Told } from "./dump.ts";
import { hookNumber } from "./nf-tables.ts";
import {
	type ChainObject,
	type ElementObject,
	elementsOf,
	type RuleObject,
	type SetObject,
	type TableObject,
} from "./objects.ts";
import { readRule } from "./read-rule.ts";
import type { SetContent, SetContents } from "./rule-piece.ts";
import { intervalsOf, pointsOf } from "./values.ts";

/** A table and all that is in it, as the kernel told of it. */
export interface TableContent {
	readonly table: TableObject;
	readonly chains: readonly ChainObject[];
	readonly rules: readonly RuleObject[];
	readonly sets: readonly FilledSet[];
}

export interface FilledSet {
	readonly set: SetObject;
	/** The messages that tell what it holds. */
	readonly told: readonly Told[];
}

/** Whether a table has chains where a pod's connections are steered, and is not switched off. */
export function steers({ table, chains }: Pick<TableContent, "table" | "chains">): boolean {
	return table.scope !== undefined && !table.isDormant && chains.some((chain) => baseOf(chain) !== undefined);
}

/** The table as data that packets can be sent through; undefined for one of a family that steers none. */
export function natTable(
	{ table, chains, rules, sets }: TableContent,
	order: ByteOrder,
): NatTable | undefined {
	const { scope, name } = table;
	if (scope === undefined) {
		return undefined;
	}
	const isIptables = scope !== "inet" && name === "nat";
	// Where no rule is read, neither are the sets: one may hold tens of thousands of elements.
	let contents: SetContents | undefined;
	const around = {
		scope,
		get sets() {
			contents ??= contentsOf(sets, order);
			return contents;
		},
		order: words[order],
		isIptables,
	};
	const byChain = rulesByChain(rules);
	return {
		dialect: isIptables ? "nft" : "nftables",
		scope,
		name,
		chains: chains.map((chain) =>
			chainOf(chain.name, baseOf(chain), () =>
				(byChain.get(chain.name) ?? []).flatMap((rule) => readRule(rule, around)),
			),
		),
		...(table.hasFlags ? { hasFlags: true } : {}),
		...(table.comment === undefined ? {} : { comment: table.comment }),
	};
}

/**
 * A table's rules by the names of their chains. In one pass: a node's own namespace may hold tens of thousands of rules in as
 * many chains. Once, since whoever looks at a table asks more than once.
 */
export const rulesByChain = onceOf(
	(rules: readonly RuleObject[]): ReadonlyMap<string, readonly RuleObject[]> => {
		const byChain = new Map<string, RuleObject[]>();
		let name: string | undefined;
		let here: RuleObject[] = [];
		for (const rule of rules) {
			// The kernel tells of them chain by chain.
			if (rule.chain !== name) {
				name = rule.chain;
				here = byChain.get(name) ?? [];
				byChain.set(name, here);
			}
			here.push(rule);
		}
		return byChain;
	},
);

/** A chain of type filter steers nothing, and those behind routing change where packets come from. */
function baseOf({ base }: ChainObject): Base | undefined {
	const hook = hookOf(base?.hook);
	return base === undefined || hook === undefined || base.type !== "nat"
		? undefined
		: { hook, priority: base.priority, policy: base.policy === drop ? "drop" : "accept" };
}

const drop = 0; // NF_DROP

function hookOf(number: number | undefined): Hook | undefined {
	return hooks.find((hook) => hookNumber[hook] === number);
}

/** The sets of a table by their names, without those that could not be read. */
function contentsOf(sets: readonly FilledSet[], order: ByteOrder): SetContents {
	const contents = new Map<string, SetContent>();
	for (const { set, told } of sets) {
		const parts = told.map((one) => elementsOf(one, order));
		if (!parts.includes(undefined)) {
			const elements = parts.flatMap((part) => part ?? []);
			contents.set(set.name, contentOf(set, elements));
		}
	}
	return contents;
}

function contentOf(set: SetObject, elements: readonly ElementObject[]): SetContent {
	const plain = elements.filter(({ isCatchAll }) => !isCatchAll);
	return {
		// Of several parts each has bounds of its own (nft_pipapo_insert in net/netfilter/nft_set_pipapo.c).
		ranges: set.isInterval && !set.isConcatenation ? intervalsOf(plain) : pointsOf(plain),
		catchAll: elements.find(({ isCatchAll }) => isCatchAll),
		isInterval: set.isInterval,
		keyLength: set.keyLength,
	};
}
