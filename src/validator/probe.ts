import { parseAddress } from "../domain/cidr.ts";
import type { Direction, Endpoint } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";
import type { User } from "../linux/user.ts";
import type { Reason } from "../policy/reason.ts";
import { commentOf } from "../rules/comment.ts";
import { type Evaluation, evaluate, type Packet } from "../rules/evaluate.ts";
import type { Hook, Plan, PlannedRule } from "../rules/plan.ts";

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

/** Where a connection ended up. */
export type Observation =
	/** At a port of this network namespace. */
	| { readonly kind: "arrived"; readonly port: number }
	/** Somebody took it, and has ended it before it could be seen who. */
	| { readonly kind: "taken" }
	/** The network's or a program's answer, an errno(3) name. */
	| { readonly kind: "answered"; readonly code: string }
	/** Nobody has answered. A redirected connection stays on this machine and would have been there long since. */
	| { readonly kind: "silent" }
	/** It could not even be sent. */
	| { readonly kind: "unsendable"; readonly code: string };

/** What is known now about one thing that the policy says. */
export interface ProbeResult {
	readonly topic: Topic;
	readonly direction: Direction;
	readonly family: Family;
	readonly outcome: "proven" | "failed" | "unproven";
	readonly text: string;
	/** The rule that it is about, by its comment in the kernel. */
	readonly rule?: string;
	/** There is nothing to prove, because the policy wants it so. */
	readonly isWanted?: boolean;
	/** Something else is broken, without which this cannot be told. */
	readonly isMoot?: boolean;
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

/** A rule by the comment under which it can be found in the kernel. */
export function ruleName(rule: PlannedRule): string {
	return commentOf(rule.reason, rule.conditions);
}

/** Why something is not redirected. */
export function whyNot({ decidedBy }: Evaluation): string {
	return decidedBy === undefined ? "no rule is for it" : ruleName(decidedBy);
}
