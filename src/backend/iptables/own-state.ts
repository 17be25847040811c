import type { Family } from "../../domain/family.ts";
import { type Plan, rulesOf } from "../../plan/plan.ts";
import { chainNames, hookOfOwnChain, jumpSpec } from "./chains.ts";
import { renderRule } from "./render-rule.ts";
import type { SavedRule, SavedTable } from "./saved-table.ts";
import { splitWords } from "./words.ts";

/** Our part of a nat table: the only part that we ever change. */
export interface OwnState {
	readonly chains: readonly OwnChain[];
	/** Every rule, in whatever chain outside ours, that leads into one of ours. */
	readonly jumps: readonly Jump[];
}

export interface OwnChain {
	readonly name: string;
	/** Specs in order. */
	readonly rules: readonly string[];
}

export interface Jump {
	readonly from: string;
	readonly to: string;
	readonly spec: string;
	/** Its place among all rules of `from`, from 1; absent for "at the end". */
	readonly position?: number;
}

export const nothing: OwnState = { chains: [], jumps: [] };

/**
 * Whether every rule and every jump is there word for word as a plan's are written. Where this says no the two may
 * still mean the same, which takes reading them (driftOfState in observe.ts); where it says yes there is nothing to read.
 */
export function standsAsWritten(own: OwnState, wanted: OwnState): boolean {
	return (
		own.chains.length === wanted.chains.length &&
		own.jumps.length === wanted.jumps.length &&
		wanted.jumps.every(({ from, spec }) =>
			own.jumps.some((jump) => jump.from === from && jump.spec === spec),
		) &&
		wanted.chains.every(({ name, rules }) => {
			const there = own.chains.find((chain) => chain.name === name)?.rules;
			return there?.length === rules.length && rules.every((spec, index) => spec === there[index]);
		})
	);
}

export function sameState(a: OwnState, b: OwnState): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}

/** What a plan asks for, beginning from nothing. */
export function wantedState(plan: Plan, family: Family): OwnState {
	return {
		chains: plan.chains.map((chain) => ({
			name: chainNames[chain.hook].own,
			rules: rulesOf(chain, family).flatMap(renderRule),
		})),
		jumps: plan.chains.map((chain) => ({
			from: chainNames[chain.hook].builtIn,
			to: chainNames[chain.hook].own,
			spec: jumpSpec(chain.hook),
		})),
	};
}

/**
 * The same, beginning from what is there: a jump that exists keeps its place among other programs' rules. What else
 * leads from the same chain into ours goes away, so that the place is counted without it.
 */
export function wantedOver(current: OwnState, wanted: OwnState): OwnState {
	if (current.jumps.length === 0) {
		return wanted;
	}
	const placed = (jump: Jump): Jump => {
		const there = current.jumps.filter(({ from }) => from === jump.from);
		const index = there.findIndex(({ spec }) => spec === jump.spec);
		const position = there[index]?.position;
		return position === undefined ? jump : { ...jump, position: position - index };
	};
	return { ...wanted, jumps: wanted.jumps.map(placed) };
}

/** Our part of a table that was read. */
export function ownStateOf(table: SavedTable): OwnState {
	const isOurs = (name: string) => hookOfOwnChain(name) !== undefined;
	const own = new Map<string, string[]>(table.userChains.filter(isOurs).map((name) => [name, []]));
	const others: SavedRule[] = [];
	// Ours may be thousands, and what leads into them stands elsewhere.
	for (const rule of table.rules) {
		const rules = own.get(rule.chain);
		if (rules === undefined) {
			others.push(rule);
		} else {
			rules.push(rule.spec);
		}
	}
	return {
		chains: [...own].map(([name, rules]) => ({ name, rules })),
		jumps: withPositions(others)
			.map(({ chain, spec, position }) => ({ from: chain, to: targetOf(spec), spec, position }))
			.filter((jump) => isOurs(jump.to)),
	};
}

function withPositions(rules: readonly SavedRule[]): (SavedRule & { position: number })[] {
	const seen = new Map<string, number>();
	return rules.map((rule) => {
		const position = (seen.get(rule.chain) ?? 0) + 1;
		seen.set(rule.chain, position);
		return { ...rule, position };
	});
}

/** The chain that a rule jumps (`-j`) or goes (`-g`) to; empty when it does neither. */
function targetOf(spec: string): string {
	const words = splitWords(spec);
	const index = words.findIndex((word) => word === "-j" || word === "-g");
	return (index >= 0 ? words[index + 1] : undefined) ?? "";
}
