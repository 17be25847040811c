import type { Port, PortRange } from "../domain/port.ts";
import type { Plan } from "../rules/plan.ts";
import { type Attempt, makeProbe, type Probe } from "./probe.ts";

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

/** Connections are cheap, but not so cheap that one would want thousands. */
const most = 32;

/** Both ends of every range, or of ranges spread over the list where it is long. The first and the last are in it. */
export function samplePorts(ranges: readonly PortRange[]): Port[] {
	const ends = [...new Set(ranges.flatMap(({ low, high }) => [low, high]))];
	return spread(ends, most);
}

/** The ports just outside ranges, where a range that is a little too wide would show. */
export function portsBeside(ranges: readonly PortRange[]): number[] {
	const beside = ranges
		.flatMap(({ low, high }) => [low - 1, high + 1])
		.filter((port) => port >= 1 && port <= 65_535);
	return spread([...new Set(beside)], most / 4);
}

export function spread<T>(items: readonly T[], count: number): T[] {
	const last = items.length - 1;
	return items.length <= count
		? [...items]
		: Array.from({ length: count }, (_, index) => items[Math.round((index * last) / (count - 1))]).filter(
				(item) => item !== undefined,
			);
}
