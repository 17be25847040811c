import type { Cidr } from "../domain/cidr.ts";
import { type Family, families } from "../domain/family.ts";
import type { Gid, Uid } from "../domain/identity.ts";
import type { InterfaceName } from "../domain/interface-name.ts";
import type { Port, PortRange } from "../domain/port.ts";
import type { Hook } from "../plan/plan.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { type Fact, type Facts, factsOf } from "./fact.ts";
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
	const known = holdings.map(factsOf);
	// Each family has its own subnets; all else is the same in both.
	const subnets = (hook: Hook) =>
		known.flatMap((facts) => about(facts, hook, "ignore-subnet")?.subnets ?? []);
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

/** What each table says. */
type Known = readonly Facts[];

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
	const redirectsAll = known.some((facts) => about(facts, hook, "redirect-all-incoming-to-proxy-port"));
	const listed = fullest(known, (facts) => ports(facts, hook, "redirect-port"));
	return {
		proxyPort: redirectPort(known, hook),
		portsToRedirect: redirectsAll ? [] : listed.map(({ low }) => low),
		portsToIgnore: fullest(known, (facts) => ports(facts, hook, "ignore-port")),
		subnetsToIgnore,
		interfacesToIgnore: fullest(known, (facts) => interfaces(facts, hook)),
	};
}

function outboundOf(known: Known, subnetsToIgnore: readonly Cidr[]): RedirectPolicy["outbound"] {
	const hook = "output";
	const ids = (reason: Fact["reason"]) => fullest(known, (facts) => about(facts, hook, reason)?.ids ?? []);
	const redirectsAll = known.some((facts) => about(facts, hook, "redirect-all-outgoing-to-proxy-port"));
	const listed = fullest(known, (facts) => ports(facts, hook, "redirect-outgoing-port"));
	return {
		proxyPort: redirectPort(known, hook),
		proxyUid: ids("ignore-proxy-user-id")[0] as Uid | undefined,
		proxyGid: ids("ignore-proxy-group-id")[0] as Gid | undefined,
		uidsToIgnore: ids("ignore-user-id") as readonly Uid[],
		portsToRedirect: redirectsAll ? [] : listed,
		portsToIgnore: fullest(known, (facts) => ports(facts, hook, "ignore-port")),
		subnetsToIgnore,
		interfacesToIgnore: fullest(known, (facts) => interfaces(facts, hook)),
	};
}

function about(facts: Facts, hook: Hook, reason: Fact["reason"]): Fact | undefined {
	return facts.get(`${hook} ${reason}`);
}

function ports(facts: Facts, hook: Hook, reason: Fact["reason"]): readonly PortRange[] {
	return about(facts, hook, reason)?.ports ?? [];
}

function interfaces(facts: Facts, hook: Hook): readonly InterfaceName[] {
	return about(facts, hook, "ignore-interface")?.names ?? [];
}

function redirectPort(known: Known, hook: Hook): Port {
	for (const facts of known) {
		for (const fact of facts.values()) {
			if (fact.hook === hook && fact.verdict.kind === "redirect") {
				return fact.verdict.port;
			}
		}
	}
	return unknownPort;
}
