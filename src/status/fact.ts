import type { SetRule } from "../backend/nftables/set-rule.ts";
import type { Cidr } from "../domain/cidr.ts";
import type { PortRange } from "../domain/port.ts";
import { isUnknown } from "../plan/observed.ts";
import type { Hook, Match, Verdict } from "../plan/plan.ts";
import type { Holding } from "./holding.ts";

/** What one rule of ours says, whether it names one thing or a set of them. */
export interface Fact {
	readonly hook: Hook;
	readonly reason: SetRule["reason"];
	readonly ports: readonly PortRange[];
	readonly subnets: readonly Cidr[];
	readonly names: readonly string[];
	/** Of users, or of groups where the reason is about them. */
	readonly ids: readonly number[];
	readonly verdict: Verdict;
}

/** Every rule of ours in a table that is as we would write it, in order. */
export function factsOf(holding: Holding): Fact[] {
	if (holding.dialect === "nftables") {
		return holding.listed.rules.flatMap((rule) =>
			rule.reason === "unknown" ? [] : [factFrom(rule, rule.hook, rule.matches)],
		);
	}
	return holding.observed.chains.flatMap(({ hook, rules }) =>
		rules.flatMap((rule) => (isUnknown(rule) ? [] : [factFrom(rule, hook, rule.matches)])),
	);
}

type AnyMatch = Match | SetRule["matches"][number];

function factFrom(
	{ reason, verdict }: Pick<SetRule, "reason" | "verdict">,
	hook: Hook,
	matches: readonly AnyMatch[],
): Fact {
	const ports: PortRange[] = [];
	const subnets: Cidr[] = [];
	const names: string[] = [];
	const ids: number[] = [];
	for (const match of matches) {
		if ("subnet" in match) {
			subnets.push(match.subnet);
		} else if ("subnets" in match) {
			append(subnets, match.subnets);
		} else if ("ports" in match) {
			append(ports, match.ports);
		} else if ("name" in match) {
			names.push(match.name);
		} else if ("names" in match) {
			append(names, match.names);
		} else {
			append(ids, idsIn(match));
		}
	}
	return { hook, reason, verdict, ports, subnets, names, ids };
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
