import type { Cidr } from "../domain/cidr.ts";
import { type Family, families } from "../domain/family.ts";
import type { Gid, Uid } from "../domain/identity.ts";
import type { InterfaceName } from "../domain/interface-name.ts";
import type { Port, PortRange } from "../domain/port.ts";
import type { Hook } from "../plan/plan.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { type Fact, factsOf } from "./fact.ts";
import type { Holding } from "./holding.ts";

/** No packet has it as its destination (see Port), so it can stand for one that no rule names any more. */
export const unknownPort = 0 as Port;

/**
 * The policy that the rules of one dialect carry out, read back from them. What they have lost altogether nobody can
 * know; but a policy always asks for certain rules, for the same ones in both families, and in one order, so that its
 * plan shows what is missing, doubled or astray. What one family has and the other lacks counts as asked for: a rule is
 * lost more easily than it comes about.
 */
export function recoverPolicy(holdings: readonly Holding[]): RedirectPolicy {
	const known = holdings.map((holding) => groupFacts(factsOf(holding)));
	// Each family has its own subnets; all else is the same in both.
	const subnets = (hook: Hook) =>
		known.flatMap((facts) => about(facts, hook, "ignore-subnet").flatMap((fact) => fact.subnets));
	return {
		families: familiesOf(holdings, known),
		inbound: inboundOf(known, subnets("prerouting")),
		outbound: outboundOf(known, subnets("output")),
	};
}

/** Of one list as each family has it, the longest. */
function fullest<T>(known: Known, read: (facts: Facts) => readonly T[]): readonly T[] {
	return known.map(read).reduce((best, next) => (next.length > best.length ? next : best), []);
}

/** What one table says, by hook and reason: there may be tens of thousands of facts, and a dozen questions. */
type Facts = ReadonlyMap<string, readonly Fact[]>;
type Known = readonly Facts[];

function groupFacts(facts: readonly Fact[]): Facts {
	const groups = new Map<string, Fact[]>();
	for (const fact of facts) {
		const key = `${fact.hook} ${fact.reason}`;
		const group = groups.get(key);
		if (group === undefined) {
			groups.set(key, [fact]);
		} else {
			group.push(fact);
		}
	}
	return groups;
}

/** No policy is without IPv4. A table of both families has a rule for the one that is off. */
function familiesOf(holdings: readonly Holding[], known: Known): readonly Family[] {
	const seesIpv6 = holdings.some(({ scope }) => scope !== "ipv4");
	return seesIpv6 &&
		!known.some((facts) => facts.has("prerouting ignore-family") || facts.has("output ignore-family"))
		? families
		: ["ipv4"];
}

function inboundOf(known: Known, subnetsToIgnore: readonly Cidr[]): RedirectPolicy["inbound"] {
	const hook = "prerouting";
	const redirectsAll = fullest(known, (facts) => about(facts, hook, "redirect-all-incoming-to-proxy-port"));
	const listed = fullest(known, (facts) => ports(facts, hook, "redirect-port"));
	return {
		proxyPort: redirectPort(known, hook),
		portsToRedirect: redirectsAll.length > 0 ? [] : listed.map(({ low }) => low),
		portsToIgnore: fullest(known, (facts) => ports(facts, hook, "ignore-port")),
		subnetsToIgnore,
		interfacesToIgnore: fullest(known, (facts) => interfaces(facts, hook)),
	};
}

function outboundOf(known: Known, subnetsToIgnore: readonly Cidr[]): RedirectPolicy["outbound"] {
	const hook = "output";
	const ids = (reason: Fact["reason"]) =>
		fullest(known, (facts) => about(facts, hook, reason).flatMap((fact) => fact.ids));
	const redirectsAll = fullest(known, (facts) => about(facts, hook, "redirect-all-outgoing-to-proxy-port"));
	const listed = fullest(known, (facts) => ports(facts, hook, "redirect-outgoing-port"));
	return {
		proxyPort: redirectPort(known, hook),
		proxyUid: ids("ignore-proxy-user-id")[0] as Uid | undefined,
		proxyGid: ids("ignore-proxy-group-id")[0] as Gid | undefined,
		uidsToIgnore: ids("ignore-user-id") as readonly Uid[],
		portsToRedirect: redirectsAll.length > 0 ? [] : listed,
		portsToIgnore: fullest(known, (facts) => ports(facts, hook, "ignore-port")),
		subnetsToIgnore,
		interfacesToIgnore: fullest(known, (facts) => interfaces(facts, hook)),
	};
}

function about(facts: Facts, hook: Hook, reason: Fact["reason"]): readonly Fact[] {
	return facts.get(`${hook} ${reason}`) ?? [];
}

function ports(facts: Facts, hook: Hook, reason: Fact["reason"]): PortRange[] {
	return about(facts, hook, reason).flatMap((fact) => fact.ports);
}

function interfaces(facts: Facts, hook: Hook): InterfaceName[] {
	return about(facts, hook, "ignore-interface").flatMap((fact) => fact.names as InterfaceName[]);
}

function redirectPort(known: Known, hook: Hook): Port {
	for (const facts of known) {
		for (const group of facts.values()) {
			const [first] = group;
			if (first?.hook === hook && first.verdict.kind === "redirect") {
				return first.verdict.port;
			}
		}
	}
	return unknownPort;
}
