import type { Family } from "../../domain/family.ts";
import { onceOf } from "../../domain/once-of.ts";
import { type Hook, hooks, type Plan, rulesOf } from "../../rules/plan.ts";
import { type NatChain, type NatTable, targetOf } from "../../rules/ruleset.ts";
import type { Mark } from "../backend.ts";
import { readRule, wordsIn } from "./read.ts";
import { renderRules } from "./render.ts";

/**
 * How our chains are called in the nat table and how they are reached: the reference program's names, which
 * scripts, documentation and its own re-run look for.
 */
interface ChainNames {
	readonly builtIn: "PREROUTING" | "OUTPUT";
	readonly own: string;
	readonly jumpComment: string;
}

export const chainNames: Record<Hook, ChainNames> = {
	prerouting: {
		builtIn: "PREROUTING",
		own: "PROXY_INIT_REDIRECT",
		jumpComment: "proxy-init/install-proxy-init-prerouting",
	},
	output: {
		builtIn: "OUTPUT",
		own: "PROXY_INIT_OUTPUT",
		jumpComment: "proxy-init/install-proxy-init-output",
	},
};

/** The rule that leads a hook's traffic into our chain, as iptables-save prints it behind the chain's name. */
export function jumpSpec(hook: Hook, mark: Mark = '"'): string {
	const { own, jumpComment } = chainNames[hook];
	return `-m comment --comment ${mark}${jumpComment}${mark} -j ${own}`;
}

export function hookOfOwnChain(name: string): Hook | undefined {
	return hooks.find((hook) => chainNames[hook].own === name);
}

/** A table of one family, ours and others' rules in it; one without chains stands for none. */
export type FamilyTable = Pick<NatTable, "chains" | "comments"> & { readonly scope: Family };

/** Our part of a nat table: the only part that we ever change. */
export interface OwnState {
	readonly chains: readonly OwnChain[];
	/** Every rule, in whatever chain outside ours, that leads into one of ours. */
	readonly jumps: readonly Jump[];
}

export interface OwnChain {
	readonly name: string;
	/** What stands behind `-A CHAIN` for each rule, in order. */
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
 * still mean the same, which takes reading them (driftOfState in drift.ts); where it says yes there is nothing to read.
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

/** The same where nobody keeps why a rule is there: two rules can be alike and be there for different reasons. */
export function standsWithoutComments(own: OwnState, wanted: OwnState): boolean {
	return standsAsWritten(bare(own), bare(wanted));
}

function bare({ chains, jumps }: OwnState): OwnState {
	const without = (spec: string) => spec.replace(/-m comment --comment "[^"]*" /, "");
	return {
		chains: chains.map(({ name, rules }) => ({ name, rules: rules.map(without) })),
		jumps: jumps.map((jump) => ({ ...jump, spec: without(jump.spec) })),
	};
}

export function sameState(a: OwnState, b: OwnState): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}

/** What a plan asks for where there is nothing of ours yet. */
export function wantedState(plan: Plan, family: Family): OwnState {
	return {
		chains: plan.chains.map((chain) => ({
			name: chainNames[chain.hook].own,
			rules: renderRules(rulesOf(chain, family)),
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

/**
 * Our part of a table that was read: a filter by the chains' names, in which rules keep their words. Once, since whoever looks
 * at a table asks more than once.
 */
export const ownStateOf = onceOf((table: readonly NatChain[]): OwnState => {
	const chains: OwnChain[] = [];
	const jumps: Jump[] = [];
	for (const chain of table) {
		const rules = wordsIn(chain);
		if (hookOfOwnChain(chain.name) === undefined) {
			jumps.push(...jumpsIn(chain.name, rules));
		} else {
			chains.push({ name: chain.name, rules });
		}
	}
	return { chains, jumps };
});

/** Of the rules of others, which may be thousands, those are read that mention a chain of ours. */
function jumpsIn(from: string, specs: readonly string[]): Jump[] {
	return specs.flatMap((spec, index): Jump[] => {
		const isCandidate = hooks.some((hook) => spec.includes(chainNames[hook].own));
		const to = isCandidate ? targetOf(readRule(spec, isOwnChain)) : undefined;
		return to === undefined ? [] : [{ from, to, spec, position: index + 1 }];
	});
}

function isOwnChain(name: string): boolean {
	return hookOfOwnChain(name) !== undefined;
}
