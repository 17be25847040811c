import { type Address, containsAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import { containsPort, type Port } from "../domain/port.ts";
import { type Hook, type Match, type Plan, type Rule, rulesOf } from "./plan.ts";

/** The first packet of a connection: the nat table decides on that one, connection tracking carries the rest. */
export interface Packet {
	readonly hook: Hook;
	readonly family: Family;
	readonly protocol: "tcp" | "udp" | "icmp";
	readonly source: Address;
	readonly destination: Address;
	/** 1-65535; absent for protocols without ports. */
	readonly destinationPort?: number;
	/** The interface it came in on (prerouting) or leaves through (output). */
	readonly interface: string;
	/** Who owns the sending socket; only known for packets that leave this network namespace. */
	readonly uid?: number;
	readonly gid?: number;
}

export type Fate = { readonly kind: "pass" } | { readonly kind: "redirect"; readonly port: Port };

/** A rule that the packet was held against. */
export interface Step {
	readonly rule: Rule;
	readonly matched: boolean;
}

export interface Evaluation {
	readonly fate: Fate;
	/** The rules visited, in order; the last one decided if it matched. */
	readonly trace: readonly Step[];
	/** Absent when no rule matched, or the plan says nothing about this family. */
	readonly decidedBy?: Rule;
}

/** What a plan does to a packet. This is the specification in executable form: kernels are tested against it. */
export function evaluate(plan: Plan, packet: Packet): Evaluation {
	const trace: Step[] = [];
	for (const rule of rulesFor(plan, packet)) {
		const matched = rule.matches.every((match) => holds(match, packet));
		trace.push({ rule, matched });
		if (matched) {
			return { fate: fateOf(rule), trace, decidedBy: rule };
		}
	}
	return { fate: { kind: "pass" }, trace };
}

function rulesFor(plan: Plan, packet: Packet): Rule[] {
	if (!plan.families.includes(packet.family)) {
		return [];
	}
	return plan.chains
		.filter((chain) => chain.hook === packet.hook)
		.flatMap((chain) => rulesOf(chain, packet.family));
}

function fateOf(rule: Rule): Fate {
	return rule.verdict.kind === "return" ? { kind: "pass" } : rule.verdict;
}

function holds(match: Match, packet: Packet): boolean {
	switch (match.kind) {
		case "protocol":
			return packet.protocol === match.protocol;
		case "destination-port": {
			const port = packet.destinationPort;
			return port !== undefined && match.ports.some((range) => containsPort(range, port));
		}
		case "source":
			return containsAddress(match.subnet, packet.source);
		case "destination":
			return containsAddress(match.subnet, packet.destination);
		case "in-interface":
			return packet.hook === "prerouting" && packet.interface === match.name;
		case "out-interface":
			return packet.hook === "output" && packet.interface === match.name;
		case "uid":
			return packet.hook === "output" && packet.uid === match.uid;
		case "gid":
			return packet.hook === "output" && packet.gid === match.gid;
	}
}
