import type { PortRange } from "../domain/port.ts";
import type { Plan } from "../rules/plan.ts";
import { type Attempt, makeProbe, type Probe } from "./probe.ts";
import { portsBeside, samplePorts } from "./sample.ts";

export interface PortLists {
	/** Empty for all. */
	readonly portsToRedirect: readonly PortRange[];
	readonly portsToIgnore: readonly PortRange[];
	/** Where proxies listen: who is met there has not been redirected there. */
	readonly proxyPorts: readonly number[];
}

/**
 * Ports of both lists and those just beside them, each with whatever the policy says of it. Only those on which the
 * lists decide: for a user who is exempt anyway they tell nothing.
 */
export function portProbes(plan: Plan, attempt: Attempt, lists: PortLists): Probe[] {
	const listed = [...lists.portsToIgnore, ...lists.portsToRedirect];
	const ports = new Set<number>([...samplePorts(listed), ...portsBeside(listed)]);
	for (const proxyPort of lists.proxyPorts) {
		ports.delete(proxyPort);
	}
	return [...ports].map((port) => makeProbe(plan, "port", { ...attempt, port })).filter(isAboutPorts);
}

function isAboutPorts({ expected: { decidedBy } }: Probe): boolean {
	return (
		decidedBy === undefined ||
		decidedBy.conditions.some(({ kind }) => kind === "destination-port") ||
		decidedBy.action.kind === "redirect"
	);
}

/** Where to try first. Linkerd's validator tries 20001. */
export function likelyPorts({ portsToRedirect, proxyPorts }: PortLists): number[] {
	const listed = portsToRedirect.flatMap(({ low, high }) => [low, high]);
	const all = [20_001, 20_002, 1404, 65_000, 1, ...listed];
	return all.filter((port) => !proxyPorts.includes(port));
}
