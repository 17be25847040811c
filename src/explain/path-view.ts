import type { Family } from "../domain/family.ts";
import { isIptables } from "../domain/mode.ts";
import { type Hook, hooks, rulesOf } from "../rules/plan.ts";
import { type NatChain, type NatTable, type Ruleset, reachable, targetOf } from "../rules/ruleset.ts";
import type { NatFate } from "../rules/walk.ts";
import type { Rules } from "./subject.ts";
import type { Trace } from "./trace.ts";

/** What a drawing of one direction's path has to show. */
export interface PathView {
	readonly hook: Hook;
	/** Chains that a packet of this family can come to, and whether this one did. */
	readonly chains: readonly ChainView[];
	/** Where rules of this direction redirect to, in order, each once. */
	readonly proxyPorts: readonly number[];
	/** What became of the packet, if it took this direction. */
	readonly taken?: Trace["fate"];
}

export interface ChainView {
	readonly name: string;
	readonly visited: boolean;
}

/** One view for each direction. `trace` is the packet's, if there is one. */
export function pathViews(rules: Rules, family: Family, trace: Trace | undefined): readonly PathView[] {
	return hooks.map((hook) => {
		const own = trace?.asked.packet.hook === hook ? trace : undefined;
		const { chains, proxyPorts } = shapeOf(rules, family, hook);
		return {
			hook,
			chains: chains.map(({ name, labels }) => ({
				name,
				visited: own?.steps.some((step) => labels.includes(`${step.table ?? ""} ${step.chain}`)) === true,
			})),
			proxyPorts,
			...(own === undefined ? {} : { taken: takenOf(own) }),
		};
	});
}

/** Of several ways that come to the same, one is drawn. */
function takenOf({ fate, outcome }: Trace): NatFate {
	const ways = fate.kind === "unknown" ? (fate.ways ?? []) : [];
	switch (outcome) {
		case "proxy":
			return ways[0] ?? fate;
		case "past-proxy":
			return ways.length > 0 ? { kind: "pass" } : fate;
		default:
			return fate;
	}
}

interface Shape {
	readonly chains: readonly { readonly name: string; readonly labels: readonly string[] }[];
	readonly proxyPorts: readonly number[];
}

function shapeOf(rules: Rules, family: Family, hook: Hook): Shape {
	switch (rules.kind) {
		case "plan": {
			const chain = rules.plan.chains.find((candidate) => candidate.hook === hook);
			if (chain === undefined || !rules.plan.families.includes(family)) {
				return nothing;
			}
			const ports = rulesOf(chain, family).flatMap(({ action }) =>
				action.kind === "redirect" ? [action.ports.low] : [],
			);
			const { table, chain: name } = rules.places[hook];
			return {
				chains: [
					{
						name: table === undefined ? name : `${table.short} ${name}`,
						labels: [`${table?.label ?? ""} ${name}`],
					},
				],
				proxyPorts: unique(ports),
			};
		}
		case "ruleset":
			return rulesetShape(rules.ruleset, family, hook);
		default:
			return nothing;
	}
}

const nothing: Shape = { chains: [], proxyPorts: [] };

function rulesetShape({ tables }: Ruleset, family: Family, hook: Hook): Shape {
	const found = tables
		.filter(({ scope }) => scope === "inet" || scope === family)
		.flatMap((table) =>
			table.chains
				.filter(({ base }) => base?.hook === hook)
				.flatMap((base) => reachable(table, base))
				.map((chain) => ({ table, chain })),
		)
		.filter(({ chain }) => chain.rules.length > 0);
	// iptables calls these after the hook, which has its name in the drawing anyway.
	const isHook = (place: Place) => place.chain.base !== undefined && isIptables(place.table.dialect);
	const names = unique(found.filter((place) => !isHook(place) || leadsNowhere(place)).map(nameOf));
	return {
		chains: names.map((name) => ({
			name,
			labels: found
				.filter((place) => nameOf(place) === name)
				.map(({ table, chain }) => `${table.dialect} ${table.scope} ${table.name} ${chain.name}`),
		})),
		proxyPorts: unique(found.flatMap(({ chain }) => chain.rules.flatMap(redirectPort))),
	};
}

/** Then its own rules are all there is. */
function leadsNowhere({ chain }: Place): boolean {
	return chain.rules.every((rule) => targetOf(rule) === undefined);
}

interface Place {
	readonly table: NatTable;
	readonly chain: NatChain;
}

/** A table of nftables has a name of its own; all of iptables' are called nat. */
function nameOf({ table, chain }: Place): string {
	return isIptables(table.dialect) ? chain.name : `${table.name} ${chain.name}`;
}

function redirectPort({ action }: NatChain["rules"][number]): number[] {
	return action.kind === "redirect" && action.ports !== undefined ? [action.ports.low] : [];
}

function unique<T>(items: readonly T[]): readonly T[] {
	return [...new Set(items)];
}
