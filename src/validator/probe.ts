import { parseAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import { type Evaluation, evaluate, type Packet } from "../plan/evaluate.ts";
import type { Hook, Plan } from "../plan/plan.ts";
import type { Reason } from "../policy/reason.ts";
import type { Direction, Endpoint } from "../proxy/endpoint.ts";
import type { User } from "./user.ts";

/** What a connection can show. */
export type Topic = "redirect" | "port" | "subnet" | "interface" | "loopback" | "uid" | "gid";

/** A connection to make, and what the policy says of it. */
export interface Probe {
	readonly topic: Topic;
	readonly direction: Direction;
	readonly family: Family;
	readonly to: Endpoint;
	/** Who makes it; only of interest to the rules for what goes out. */
	readonly user: User;
	/** What should happen, and the rule that says so. */
	readonly expected: Evaluation;
}

/** Something that cannot be shown here, and why. */
export interface Gap {
	readonly topic: Topic;
	readonly direction: Direction;
	readonly family: Family;
	readonly why: string;
	/** There is nothing to show, because the policy wants it so. */
	readonly isWanted?: boolean;
}

export interface Probes {
	readonly probes: readonly Probe[];
	readonly gaps: readonly Gap[];
}

/** A way that a connection can take. */
export interface Way {
	readonly direction: Direction;
	readonly family: Family;
	/** It comes in or goes out on it. */
	readonly interface: string;
	readonly source: string;
	readonly target: string;
}

/** A connection, all but what it is made for. */
export interface Attempt {
	readonly way: Way;
	readonly port: number;
	readonly user: User;
}

const hooks: Readonly<Record<Direction, Hook>> = { inbound: "prerouting", outbound: "output" };

export function makeProbe(plan: Plan, topic: Topic, { way, port, user }: Attempt): Probe {
	const { direction, family, source, target } = way;
	const packet: Packet = {
		hook: hooks[direction],
		family,
		protocol: "tcp",
		source: addressOf(source),
		destination: addressOf(target),
		destinationPort: port,
		interface: way.interface,
		...(direction === "outbound" ? user : {}),
	};
	return { topic, direction, family, to: { address: target, port }, user, expected: evaluate(plan, packet) };
}

export function isToBeRedirected({ expected }: Probe): boolean {
	return expected.fate.kind === "redirect";
}

/** Not where an earlier rule decides, so that the one that it is for could be missing and nothing would show. */
export function isTelling({ topic, expected }: Probe): boolean {
	const reason = expected.decidedBy?.reason;
	return topic === "port" || (reason !== undefined && reasons[topic].includes(reason));
}

const reasons: Readonly<Record<Exclude<Topic, "port">, readonly Reason[]>> = {
	redirect: [
		"redirect-port",
		"redirect-outgoing-port",
		"redirect-all-incoming-to-proxy-port",
		"redirect-all-outgoing-to-proxy-port",
	],
	subnet: ["ignore-subnet"],
	interface: ["ignore-interface"],
	loopback: ["ignore-loopback"],
	uid: ["ignore-proxy-user-id", "ignore-user-id"],
	gid: ["ignore-proxy-group-id"],
};

export function addressOf(text: string) {
	const address = parseAddress(text);
	if (address === undefined) {
		throw new Error(`not an address: ${text}`);
	}
	return address;
}
