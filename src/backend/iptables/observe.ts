import type { Family } from "../../domain/family.ts";
import type { PortRange } from "../../domain/port.ts";
import { type Drift, diff } from "../../plan/diff.ts";
import type { Observed, ObservedRule } from "../../plan/observed.ts";
import { isUnknown } from "../../plan/observed.ts";
import type { Hook, Match, Plan, Rule } from "../../plan/plan.ts";
import { chainNames, hooks, jumpSpec } from "./chains.ts";
import { type OwnState, standsAsWritten, wantedState } from "./own-state.ts";
import { parseRule } from "./parse-rule.ts";

/** Rules that have been read, by hook and spec: both families have all in common but those about subnets. */
export type ReadRules = Map<string, ObservedRule>;

/** How our part of a table differs from what a plan asks for. */
export function driftOfState(plan: Plan, family: Family, own: OwnState): Drift[] {
	return standsAsWritten(own, wantedState(plan, family)) ? [] : diff(plan, family, observe(own));
}

/** Our part of a table in the planner's terms, ready to be held against a plan. */
export function observe(own: OwnState, known: ReadRules = new Map()): Observed {
	const read = (spec: string, hook: Hook): ObservedRule => {
		if (spec.startsWith("-s ") || spec.startsWith("-d ")) {
			return parseRule(spec, hook);
		}
		const key = `${hook} ${spec}`;
		const rule = known.get(key) ?? parseRule(spec, hook);
		known.set(key, rule);
		return rule;
	};
	return {
		chains: hooks.flatMap((hook) => {
			const chain = own.chains.find((candidate) => candidate.name === chainNames[hook].own);
			if (chain === undefined) {
				return [];
			}
			const rules = joinPorts(chain.rules.map((spec) => read(spec, hook)));
			return [{ hook, rules, ...jumpsInto(hook, own) }];
		}),
	};
}

function jumpsInto(hook: Hook, own: OwnState) {
	const { builtIn, own: name } = chainNames[hook];
	const into = own.jumps.filter((jump) => jump.to === name);
	const isOurs = (jump: { from: string; spec: string }) =>
		jump.from === builtIn && jump.spec === jumpSpec(hook);
	return {
		jumps: into.filter(isOurs).length,
		strayJumps: into.filter((jump) => !isOurs(jump)).map((jump) => `-A ${jump.from} ${jump.spec}`),
	};
}

/** Undoes the renderer's splitting of long port lists: neighbours with one reason and one verdict are one rule. */
function joinPorts(rules: readonly ObservedRule[]): ObservedRule[] {
	const groups: {
		readonly first: ObservedRule;
		readonly key: string | undefined;
		readonly ports: PortRange[];
	}[] = [];
	for (const rule of rules) {
		const key = splittableKey(rule);
		const ports = isUnknown(rule) ? [] : portsOf(rule).ports;
		const last = groups.at(-1);
		if (key !== undefined && last?.key === key) {
			// Added one by one and joined once: a list of thousands is not to be copied for each of its rules.
			last.ports.push(...ports);
		} else {
			groups.push({ first: rule, key, ports: [...ports] });
		}
	}
	return groups.map(({ first, key, ports }) =>
		key === undefined || isUnknown(first) ? first : withPorts(first, { kind: "destination-port", ports }),
	);
}

/** Equal for rules of one list that was split, and undefined for any other rule. */
function splittableKey(rule: ObservedRule): string | undefined {
	if (isUnknown(rule) || !splittable.has(rule.reason)) {
		return undefined;
	}
	const { reason, matches, verdict } = rule;
	const port = verdict.kind === "redirect" ? verdict.port : "";
	return `${reason} ${verdict.kind} ${port} ${matches.map(keyOfMatch).join(" ")}`;
}

/** What a rule of ports has nearly always is spelled out, since there may be thousands. */
function keyOfMatch(match: Match): string {
	switch (match.kind) {
		case "destination-port":
			return match.kind;
		case "protocol":
			return match.protocol;
		default:
			return JSON.stringify(match);
	}
}

const splittable = new Set<string>(["ignore-port", "redirect-outgoing-port"]);

const noPorts: PortMatch = { kind: "destination-port", ports: [] };

type PortMatch = Extract<Match, { kind: "destination-port" }>;

function portsOf(rule: Rule): PortMatch {
	const match = rule.matches.find((candidate) => candidate.kind === "destination-port");
	return match?.kind === "destination-port" ? match : noPorts;
}

function withPorts(rule: Rule, ports: PortMatch): Rule {
	return {
		...rule,
		matches: rule.matches.map((match) => (match.kind === "destination-port" ? ports : match)),
	};
}
