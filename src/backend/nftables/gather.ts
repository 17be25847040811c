import type { Cidr } from "../../domain/cidr.ts";
import { type Family, families } from "../../domain/family.ts";
import type { Hook, Plan, PlannedAction, PlannedCondition, PlannedRule } from "../../rules/plan.ts";
import type { OwnRule, Test } from "../../rules/rule.ts";

/**
 * A plan's rules as nf_tables likes them: what a plan says in several rules about several subnets, ports, interfaces or
 * users is one rule with a set, so that the number of rules a packet passes does not grow with the lists.
 */
export function setRules(plan: Plan, hook: Hook): readonly OwnRule[] {
	const made = known.get(plan) ?? new Map<Hook, readonly OwnRule[]>();
	known.set(plan, made);
	const rules = made.get(hook) ?? makeSetRules(plan, hook);
	made.set(hook, rules);
	return rules;
}

/** A plan is written, recorded and compared, and its lists may be long. */
const known = new WeakMap<Plan, Map<Hook, readonly OwnRule[]>>();

function makeSetRules(plan: Plan, hook: Hook): OwnRule[] {
	const rules = plan.chains.flatMap((chain) => (chain.hook === hook ? chain.rules : []));
	return [...offFamily(plan), ...runs(rules).flatMap(gather)];
}

/** An `inet` table sees both families, so one that is off has to be let past by a rule. */
function offFamily({ families: used }: Plan): OwnRule[] {
	return used.includes("ipv6")
		? []
		: [
				{
					reason: "ignore-family",
					conditions: [{ kind: "family", family: "ipv6" }],
					action: { kind: "return" },
				},
			];
}

/** Neighbours with one reason and one action: their order among themselves means nothing. */
function runs(rules: readonly PlannedRule[]): PlannedRule[][] {
	const found: PlannedRule[][] = [];
	let run: PlannedRule[] = [];
	let first: PlannedRule | undefined;
	for (const rule of rules) {
		if (first?.reason === rule.reason && sameAction(first.action, rule.action)) {
			run.push(rule);
		} else {
			first = rule;
			run = [rule];
			found.push(run);
		}
	}
	return found;
}

function sameAction(a: PlannedAction, b: PlannedAction): boolean {
	return a.kind === "return" || b.kind === "return" ? a.kind === b.kind : a.ports.low === b.ports.low;
}

function gather(run: readonly PlannedRule[]): OwnRule[] {
	const [first] = run;
	if (first === undefined) {
		return [];
	}
	const { reason, action } = first;
	const subnets = gatherSubnets(run);
	return subnets.length > 0
		? subnets.map((condition) => ({ reason, action, conditions: [condition] }))
		: [{ reason, action, conditions: gatherRest(run.flatMap(({ conditions }) => conditions)) }];
}

/** A rule for each family: a set holds addresses of one length. */
function gatherSubnets(run: readonly PlannedRule[]): Test[] {
	const found = { source: noSubnets(), destination: noSubnets() };
	for (const { conditions } of run) {
		for (const condition of conditions) {
			if ("subnets" in condition) {
				const subnet = condition.subnets[0];
				found[condition.kind][subnet.family].push(subnet);
			}
		}
	}
	return (["source", "destination"] as const).flatMap((kind) =>
		families
			.map((family): Test => ({ kind, subnets: found[kind][family] }))
			.filter((test) => "subnets" in test && test.subnets.length > 0),
	);
}

function noSubnets(): Record<Family, Cidr[]> {
	return { ipv4: [], ipv6: [] };
}

function gatherRest(all: readonly PlannedCondition[]): Test[] {
	const lists = all.flatMap((condition) => (condition.kind === "destination-port" ? [condition.ports] : []));
	// What is known of a list that is the only one need not be found out again.
	const ports = lists.length === 1 ? (lists[0] ?? []) : lists.flat();
	const protocol = all.find(({ kind }) => kind === "protocol");
	// A match on a TCP port implies the protocol, here as in nft(8).
	const gathered: Test[] =
		ports.length > 0 ? [{ kind: "destination-port", ports }] : protocol ? [protocol] : [];
	for (const kind of ["in-interface", "out-interface"] as const) {
		const names = all.flatMap((condition) => (condition.kind === kind ? condition.names : []));
		gathered.push(...(names.length === 0 ? [] : [{ kind, names }]));
	}
	for (const kind of ["uid", "gid"] as const) {
		const ids = all.flatMap((condition) => (condition.kind === kind ? condition.ids : []));
		gathered.push(...(ids.length === 0 ? [] : [{ kind, ids }]));
	}
	return gathered;
}
