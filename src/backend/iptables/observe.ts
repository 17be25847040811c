import type { Observed, ObservedRule } from "../../plan/observed.ts";
import { isUnknown } from "../../plan/observed.ts";
import type { Hook, Match, Rule } from "../../plan/plan.ts";
import { chainNames, hooks, jumpSpec } from "./chains.ts";
import type { OwnState } from "./own-state.ts";
import { parseRule } from "./parse-rule.ts";

/** Our part of a table in the planner's terms, ready to be held against a plan. */
export function observe(own: OwnState): Observed {
	return {
		chains: hooks.flatMap((hook) => {
			const chain = own.chains.find((candidate) => candidate.name === chainNames[hook].own);
			if (chain === undefined) {
				return [];
			}
			const rules = joinPorts(chain.rules.map((spec) => parseRule(spec, hook)));
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
	const joined: ObservedRule[] = [];
	for (const rule of rules) {
		const previous = joined.at(-1);
		const merged = previous === undefined ? undefined : joinTwo(previous, rule);
		if (merged === undefined) {
			joined.push(rule);
		} else {
			joined[joined.length - 1] = merged;
		}
	}
	return joined;
}

function joinTwo(a: ObservedRule, b: ObservedRule): Rule | undefined {
	if (isUnknown(a) || isUnknown(b) || a.reason !== b.reason || !splittable.has(a.reason)) {
		return undefined;
	}
	const [portsA, portsB] = [portsOf(a), portsOf(b)];
	const alike = JSON.stringify(withPorts(a, noPorts)) === JSON.stringify(withPorts(b, noPorts));
	return alike ? withPorts(a, { ...portsA, ports: [...portsA.ports, ...portsB.ports] }) : undefined;
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
