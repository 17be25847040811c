import type { Cidr } from "../../domain/cidr.ts";
import type { Family } from "../../domain/family.ts";
import type { PortRange } from "../../domain/port.ts";
import type { Hook, Match, Plan, Rule, Verdict } from "../../plan/plan.ts";
import type { Reason } from "../../policy/reason.ts";

/**
 * A rule as nf_tables likes it: what a plan says in several rules about several subnets, ports, interfaces or users is
 * one rule with a set, so that the number of rules a packet passes does not grow with the lists.
 */
export interface SetRule {
	readonly hook: Hook;
	readonly reason: Reason | "ignore-family";
	readonly matches: readonly SetMatch[];
	readonly verdict: Verdict;
}

export type SetMatch =
	| { readonly kind: "family"; readonly family: Family }
	| { readonly kind: "protocol"; readonly protocol: "tcp" }
	| { readonly kind: "destination-port"; readonly ports: readonly PortRange[] }
	/** All of one family: a set holds addresses of one length. */
	| { readonly kind: "source" | "destination"; readonly family: Family; readonly subnets: readonly Cidr[] }
	| { readonly kind: "in-interface" | "out-interface"; readonly names: readonly string[] }
	| { readonly kind: "uid" | "gid"; readonly ids: readonly number[] };

/** A plan's rules, gathered into sets. */
export function setRules(plan: Plan): SetRule[] {
	return plan.chains.flatMap(({ hook, rules }) => [
		...offFamily(plan, hook),
		...runs(rules).flatMap((run) => gather(hook, run)),
	]);
}

/** An `inet` table sees both families, so one that is off has to be let past by a rule. */
function offFamily({ families }: Plan, hook: Hook): SetRule[] {
	return families.includes("ipv6")
		? []
		: [
				{
					hook,
					reason: "ignore-family",
					matches: [{ kind: "family", family: "ipv6" }],
					verdict: { kind: "return" },
				},
			];
}

/** Neighbours with one reason and one verdict: their order among themselves means nothing. */
function runs(rules: readonly Rule[]): Rule[][] {
	const found: Rule[][] = [];
	for (const rule of rules) {
		const last = found.at(-1);
		const [first] = last ?? [];
		const isAlike =
			first !== undefined && first.reason === rule.reason && sameVerdict(first.verdict, rule.verdict);
		if (isAlike) {
			last?.push(rule);
		} else {
			found.push([rule]);
		}
	}
	return found;
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
	return a.kind === "return" || b.kind === "return" ? a.kind === b.kind : a.port === b.port;
}

function gather(hook: Hook, run: readonly Rule[]): SetRule[] {
	const [first] = run;
	if (first === undefined) {
		return [];
	}
	const { reason, verdict } = first;
	const matches = run.flatMap((rule) => rule.matches);
	const subnets = gatherSubnets(matches);
	if (subnets.length > 0) {
		return subnets.map((match) => ({ hook, reason, verdict, matches: [match] }));
	}
	return [{ hook, reason, verdict, matches: gatherRest(matches) }];
}

function gatherSubnets(matches: readonly Match[]): SetMatch[] {
	const kinds = ["source", "destination"] as const;
	const families: readonly Family[] = ["ipv4", "ipv6"];
	return kinds.flatMap((kind) =>
		families.flatMap((family) => {
			const subnets = matches.flatMap((match) =>
				match.kind === kind && match.subnet.family === family ? [match.subnet] : [],
			);
			return subnets.length === 0 ? [] : [{ kind, family, subnets }];
		}),
	);
}

function gatherRest(matches: readonly Match[]): SetMatch[] {
	const ports = matches.flatMap((match) => (match.kind === "destination-port" ? match.ports : []));
	const names = (kind: Match["kind"]) =>
		matches.flatMap((match) => (match.kind === kind && "name" in match ? [match.name] : []));
	const uids = matches.flatMap((match) => (match.kind === "uid" ? [match.uid] : []));
	const gids = matches.flatMap((match) => (match.kind === "gid" ? [match.gid] : []));
	const gathered: SetMatch[] = [
		...(ports.length > 0 ? [{ kind: "destination-port", ports } as const] : tcpAlone(matches)),
		{ kind: "in-interface", names: names("in-interface") },
		{ kind: "out-interface", names: names("out-interface") },
		{ kind: "uid", ids: uids },
		{ kind: "gid", ids: gids },
	];
	return gathered.filter(
		(match) => !("names" in match && match.names.length === 0) && !("ids" in match && match.ids.length === 0),
	);
}

/** A match on a TCP port implies the protocol, here as in nft(8). */
function tcpAlone(matches: readonly Match[]): SetMatch[] {
	return matches.some((match) => match.kind === "protocol") ? [{ kind: "protocol", protocol: "tcp" }] : [];
}
