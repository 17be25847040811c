import type { Cidr } from "../domain/cidr.ts";
import { type Family, families } from "../domain/family.ts";
import type { Gid, Uid } from "../domain/identity.ts";
import type { InterfaceName } from "../domain/interface-name.ts";
import type { Port, PortRange } from "../domain/port.ts";
import type { RedirectPolicy } from "../domain/redirect-policy.ts";
import type { Hook } from "../plan/plan.ts";
import { type Fact, factsOf } from "./fact.ts";
import type { Holding } from "./holding.ts";

/** No packet has it as its destination (see Port), so it can stand for one that no rule names any more. */
export const unknownPort = 0 as Port;

/**
 * The policy that the rules of one dialect carry out, read back from them. What they have lost altogether nobody can
 * know; but a policy always asks for certain rules, for the same ones in both families, and in one order, so that its
 * plan shows what is missing, doubled or astray.
 */
export function recoverPolicy(holdings: readonly Holding[]): RedirectPolicy {
	const known = holdings.map((holding) => ({ scope: holding.scope, facts: factsOf(holding) }));
	const fullest = known.reduce((best, next) => (next.facts.length > best.facts.length ? next : best));
	// Each family has its own subnets; all else is the same in both.
	const subnets = (hook: Hook) =>
		known.flatMap(({ facts }) => about(facts, hook, "ignore-subnet").flatMap((fact) => fact.subnets));
	return {
		families: familiesOf(holdings, fullest.facts),
		inbound: inboundOf(fullest.facts, subnets("prerouting")),
		outbound: outboundOf(fullest.facts, subnets("output")),
	};
}

/** No policy is without IPv4. A table of both families has a rule for the one that is off. */
function familiesOf(holdings: readonly Holding[], facts: readonly Fact[]): readonly Family[] {
	const seesIpv6 = holdings.some(({ scope }) => scope !== "ipv4");
	return seesIpv6 && !facts.some(({ reason }) => reason === "ignore-family") ? families : ["ipv4"];
}

function inboundOf(facts: readonly Fact[], subnetsToIgnore: readonly Cidr[]): RedirectPolicy["inbound"] {
	const redirectsAll = about(facts, "prerouting", "redirect-all-incoming-to-proxy-port").length > 0;
	const listed = about(facts, "prerouting", "redirect-port").flatMap(({ ports }) => ports);
	return {
		proxyPort: redirectPort(facts, "prerouting"),
		portsToRedirect: redirectsAll ? [] : listed.map(({ low }) => low),
		portsToIgnore: ports(facts, "prerouting", "ignore-port"),
		subnetsToIgnore,
		interfacesToIgnore: interfaces(facts, "prerouting"),
	};
}

function outboundOf(facts: readonly Fact[], subnetsToIgnore: readonly Cidr[]): RedirectPolicy["outbound"] {
	const ids = (reason: Fact["reason"]) => about(facts, "output", reason).flatMap((fact) => fact.ids);
	const redirectsAll = about(facts, "output", "redirect-all-outgoing-to-proxy-port").length > 0;
	return {
		proxyPort: redirectPort(facts, "output"),
		proxyUid: ids("ignore-proxy-user-id")[0] as Uid | undefined,
		proxyGid: ids("ignore-proxy-group-id")[0] as Gid | undefined,
		uidsToIgnore: ids("ignore-user-id") as Uid[],
		portsToRedirect: redirectsAll ? [] : ports(facts, "output", "redirect-outgoing-port"),
		portsToIgnore: ports(facts, "output", "ignore-port"),
		subnetsToIgnore,
		interfacesToIgnore: interfaces(facts, "output"),
	};
}

function about(facts: readonly Fact[], hook: Hook, reason: Fact["reason"]): Fact[] {
	return facts.filter((fact) => fact.reason === reason && fact.hook === hook);
}

function ports(facts: readonly Fact[], hook: Hook, reason: Fact["reason"]): PortRange[] {
	return about(facts, hook, reason).flatMap((fact) => fact.ports);
}

function interfaces(facts: readonly Fact[], hook: Hook): InterfaceName[] {
	return about(facts, hook, "ignore-interface").flatMap((fact) => fact.names as InterfaceName[]);
}

function redirectPort(facts: readonly Fact[], hook: Hook): Port {
	const [first] = facts.flatMap((fact) =>
		fact.hook === hook && fact.verdict.kind === "redirect" ? [fact.verdict.port] : [],
	);
	return first ?? unknownPort;
}
