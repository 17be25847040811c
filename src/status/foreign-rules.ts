import { backendOf } from "../backend/backends.ts";
import { type Family, families } from "../domain/family.ts";
import type { TableDialect } from "../domain/mode.ts";
import { type Hook, hooks } from "../rules/plan.ts";
import type { Action, FoundRule } from "../rules/rule.ts";
import {
	type Entry,
	entriesFor,
	type NatChain,
	type NatTable,
	type Ruleset,
	type Scope,
	targetOf,
	wholeRules,
} from "../rules/ruleset.ts";

/** A rule of another program that a packet meets before ours and that may settle what becomes of it. */
export interface ForeignRule {
	readonly dialect: TableDialect;
	readonly scope: Scope;
	readonly table: string;
	readonly chain: string;
	readonly hook: Hook;
	/** From 1 within its chain. */
	readonly position: number;
	readonly rule: string;
	/** `perhaps`: its chain stands at our chain's priority, and the kernel does not tell which of two comes first. */
	readonly comes: "first" | "perhaps";
}

export function foreignRulesBefore(ruleset: Ruleset): ForeignRule[] {
	const found = hooks.flatMap((hook) => families.flatMap((family) => inHook(ruleset, hook, family)));
	// A table of both families has been met twice.
	return [...new Map(found.map((rule) => [JSON.stringify(rule), rule])).values()];
}

function inHook(ruleset: Ruleset, hook: Hook, family: Family): ForeignRule[] {
	const found: ForeignRule[] = [];
	for (const group of entriesFor(ruleset, { hook, family })) {
		const ours = group.find((entry) => leadsToUs(entry) >= 0);
		const others = group.filter((entry) => leadsToUs(entry) < 0);
		found.push(
			...others.flatMap((entry) =>
				rulesIn(entry, entry.chain.rules.length, decidesAlone, ours === undefined ? "first" : "perhaps"),
			),
		);
		if (ours !== undefined) {
			return [...found, ...rulesIn(ours, leadsToUs(ours), decidesHere, "first")];
		}
	}
	// Nothing of ours is at this hook, so nothing comes before it.
	return [];
}

/** Where a base chain leads into our rules, counted from 0; -1 when it does not. */
function leadsToUs({ table, chain }: Entry): number {
	return isOurs(table, chain.name) ? 0 : chain.rules.findIndex((rule) => isOurJump(table, rule));
}

export function isOurs(table: NatTable, chain: string): boolean {
	return backendOf(table.dialect).ownsChain(table, chain);
}

export function isOurJump(table: NatTable, rule: FoundRule): boolean {
	const target = targetOf(rule);
	return target !== undefined && isOurs(table, target);
}

function rulesIn(
	{ table, chain, base }: Entry,
	before: number,
	deciding: Deciding,
	comes: ForeignRule["comes"],
): ForeignRule[] {
	if (before === 0) {
		return [];
	}
	const { dialect, scope, name } = table;
	const chains = new Map(table.chains.map((one) => [one.name, one]));
	return wholeRules(chain.rules.slice(0, before)).flatMap((parts, index) => {
		const place = { dialect, scope, table: name, chain: chain.name, hook: base.hook, position: index + 1 };
		const decides = parts.some(
			(part) => deciding.here.has(part.action.kind) || reaches(chains, part, deciding.anywhere, new Set()),
		);
		return decides ? [{ ...place, rule: parts[0].text, comes }] : [];
	});
}

/** What keeps a packet from our rules: done by a rule of the base chain itself, or in any chain that it leads to. */
interface Deciding {
	readonly here: ReadonlySet<Action["kind"]>;
	readonly anywhere: ReadonlySet<Action["kind"]>;
}

/** In a base chain of its own, only what binds the connection or drops it; after all else ours are still asked. */
const decidesAlone: Deciding = {
	here: new Set(),
	anywhere: new Set(["redirect", "dnat", "drop", "unparsed"]),
};

/** In the base chain that leads to ours, also what ends that chain before it does. */
const decidesHere: Deciding = {
	here: new Set(["return", "goto"]),
	anywhere: new Set(["redirect", "dnat", "drop", "unparsed", "accept"]),
};

function reaches(
	chains: ReadonlyMap<string, NatChain>,
	{ action }: FoundRule,
	kinds: ReadonlySet<Action["kind"]>,
	visited: Set<string>,
): boolean {
	if (action.kind !== "jump" && action.kind !== "goto") {
		return kinds.has(action.kind);
	}
	if (visited.has(action.chain)) {
		return false;
	}
	visited.add(action.chain);
	return chains.get(action.chain)?.rules.some((rule) => reaches(chains, rule, kinds, visited)) ?? false;
}
