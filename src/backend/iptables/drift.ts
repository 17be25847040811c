import type { Family } from "../../domain/family.ts";
import { onceOf } from "../../domain/once-of.ts";
import type { PortRange } from "../../domain/port.ts";
import { type Drift, orderedDrift } from "../../rules/diff.ts";
import {
	type Hook,
	hooks,
	type Plan,
	type PlannedChain,
	type PlannedCondition,
	type PlannedRule,
	rulesOf,
} from "../../rules/plan.ts";
import { plannedRuleInWords } from "../../rules/words.ts";
import { ownRule } from "./own-rule.ts";
import { chainNames, jumpSpec, type OwnState, standsAsWritten, wantedState } from "./own-state.ts";

/** How our part of a table differs from what a plan asks for. Order is meaning, so order counts. */
export function driftOfState(plan: Plan, family: Family, own: OwnState): Drift[] {
	return standsAsWritten(own, wantedState(plan, family))
		? []
		: plan.chains.flatMap((chain) => driftOfChain(chain, family, own));
}

function driftOfChain(chain: PlannedChain, family: Family, own: OwnState): Drift[] {
	const { hook } = chain;
	const found = understoodIn(own).get(hook);
	if (found === undefined) {
		return [{ kind: "missing-chain", hook }];
	}
	const wanted = rulesOf(chain, family).map(plannedRuleInWords);
	const present = found.map((rule) => (typeof rule === "string" ? rule : plannedRuleInWords(rule)));
	return [...jumpDrift(hook, own), ...orderedDrift(hook, wanted, present)];
}

function jumpDrift(hook: Hook, own: OwnState): Drift[] {
	const { builtIn, own: name } = chainNames[hook];
	const into = own.jumps.filter((jump) => jump.to === name);
	const isOurs = (jump: { from: string; spec: string }) =>
		jump.from === builtIn && jump.spec === jumpSpec(hook);
	const count = into.filter(isOurs).length;
	return [
		...(count === 1 ? [] : [{ kind: "wrong-jumps", hook, count } as const]),
		...into
			.filter((jump) => !isOurs(jump))
			.map(({ from, spec }) => ({ kind: "stray-jump", hook, text: `-A ${from} ${spec}` }) as const),
	];
}

/** A chain of ours: its rules as a plan has them, and, of what we would not write, the words. */
type Understood = readonly (PlannedRule | string)[];

/** The chains of ours that are there, by hook. Once: there may be tens of thousands of rules, of which more than one thing is asked. */
export const understoodIn = onceOf((own: OwnState): ReadonlyMap<Hook, Understood> => {
	const found = new Map<Hook, Understood>();
	for (const hook of hooks) {
		const chain = own.chains.find(({ name }) => name === chainNames[hook].own);
		if (chain !== undefined) {
			found.set(hook, joinPorts(chain.rules.map((spec) => ownRule(spec, hook) ?? spec)));
		}
	}
	return found;
});

/** Takes back the renderer's splitting of long port lists: neighbours with one reason and one action are one rule. */
function joinPorts(rules: Understood): Understood {
	const groups: {
		readonly first: PlannedRule | string;
		readonly key: string | undefined;
		readonly ports: PortRange[];
	}[] = [];
	for (const rule of rules) {
		const key = splittableKey(rule);
		const ports = typeof rule === "string" ? [] : portsOf(rule);
		const last = groups.at(-1);
		if (key !== undefined && last?.key === key) {
			// Added one by one and joined once: a list of thousands is not to be copied for each of its rules.
			last.ports.push(...ports);
		} else {
			groups.push({ first: rule, key, ports: [...ports] });
		}
	}
	return groups.map(({ first, key, ports }) =>
		key === undefined || typeof first === "string" ? first : withPorts(first, ports),
	);
}

/** Equal for rules of one list that was split, and undefined for any other rule. */
function splittableKey(rule: PlannedRule | string): string | undefined {
	if (typeof rule === "string" || !splittable.has(rule.reason)) {
		return undefined;
	}
	const { reason, conditions, action } = rule;
	const port = action.kind === "redirect" ? action.ports.low : "";
	return `${reason} ${action.kind} ${port} ${conditions.map(keyOfCondition).join(" ")}`;
}

/** What a rule of ports has nearly always is spelled out, since there may be thousands. */
function keyOfCondition(condition: PlannedCondition): string {
	switch (condition.kind) {
		case "destination-port":
			return condition.kind;
		case "protocol":
			return condition.protocols[0];
		default:
			return JSON.stringify(condition);
	}
}

const splittable = new Set<string>(["ignore-port", "redirect-outgoing-port"]);

function portsOf({ conditions }: PlannedRule): readonly PortRange[] {
	const found = conditions.find((condition) => condition.kind === "destination-port");
	return found?.ports ?? [];
}

function withPorts(rule: PlannedRule, ports: readonly PortRange[]): PlannedRule {
	return {
		...rule,
		conditions: rule.conditions.map((condition) =>
			condition.kind === "destination-port" ? { kind: condition.kind, ports } : condition,
		),
	};
}
