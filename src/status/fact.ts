import type { SetRule } from "../backend/nftables/set-rule.ts";
import type { Cidr } from "../domain/cidr.ts";
import type { InterfaceName } from "../domain/interface-name.ts";
import type { PortRange } from "../domain/port.ts";
import { isUnknown } from "../plan/observed.ts";
import type { Hook, Match, Verdict } from "../plan/plan.ts";
import type { Holding } from "./holding.ts";

/** What the rules of ours say that stand in one chain for one reason, whether each names one thing or a set of them. */
export interface Fact {
	readonly hook: Hook;
	readonly reason: SetRule["reason"];
	readonly ports: PortRange[];
	readonly subnets: Cidr[];
	readonly names: InterfaceName[];
	/** Of users, or of groups where the reason is about them. */
	readonly ids: number[];
	/** The first one's. */
	readonly verdict: Verdict;
}

/** By hook and reason: there may be tens of thousands of rules, and a dozen questions. */
export type Facts = ReadonlyMap<string, Fact>;

/** Of every rule of ours in a table that is as we would write it, in order. */
export function factsOf(holding: Holding): Facts {
	const facts = new Map<string, Fact>();
	if (holding.dialect === "nftables") {
		for (const rule of holding.listed.rules) {
			if (rule.reason !== "unknown") {
				add(facts, rule, rule.hook, rule.matches);
			}
		}
		return facts;
	}
	for (const { hook, rules } of holding.observed().chains) {
		for (const rule of rules) {
			if (!isUnknown(rule)) {
				add(facts, rule, hook, rule.matches);
			}
		}
	}
	return facts;
}

type AnyMatch = Match | SetRule["matches"][number];

function add(
	facts: Map<string, Fact>,
	{ reason, verdict }: Pick<SetRule, "reason" | "verdict">,
	hook: Hook,
	matches: readonly AnyMatch[],
): void {
	const key = `${hook} ${reason}`;
	const fact = facts.get(key) ?? { hook, reason, verdict, ports: [], subnets: [], names: [], ids: [] };
	facts.set(key, fact);
	for (const match of matches) {
		gather(fact, match);
	}
}

function gather({ ports, subnets, names, ids }: Fact, match: AnyMatch): void {
	if ("subnet" in match) {
		subnets.push(match.subnet);
	} else if ("subnets" in match) {
		append(subnets, match.subnets);
	} else if ("ports" in match) {
		append(ports, match.ports);
	} else if ("name" in match) {
		names.push(match.name as InterfaceName);
	} else if ("names" in match) {
		append(names, match.names as readonly InterfaceName[]);
	} else {
		append(ids, idsIn(match));
	}
}

/** One by one: a call takes only so many arguments, and a set may have more elements. */
function append<T>(list: T[], more: readonly T[]): void {
	for (const one of more) {
		list.push(one);
	}
}

function idsIn(match: AnyMatch): readonly number[] {
	if ("ids" in match) {
		return match.ids;
	}
	if ("uid" in match) {
		return [match.uid];
	}
	return "gid" in match ? [match.gid] : [];
}
