import { type Address, containsAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { Span } from "../domain/number.ts";
import { type Hook, type Plan, type PlannedCondition, type PlannedRule, rulesOf } from "./plan.ts";

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

export type Fate = { readonly kind: "pass" } | { readonly kind: "redirect"; readonly port: number };

/** A rule that the packet was held against. */
export interface Step {
	readonly rule: PlannedRule;
	readonly matched: boolean;
}

export interface Evaluation {
	readonly fate: Fate;
	/** The rules visited, in order; the last one decided if it matched. */
	readonly trace: readonly Step[];
	/** Absent when no rule matched, or the plan says nothing about this family. */
	readonly decidedBy?: PlannedRule;
}

/** What a plan does to a packet. This is the specification in executable form: kernels are tested against it. */
export function evaluate(plan: Plan, packet: Packet): Evaluation {
	const trace: Step[] = [];
	for (const rule of rulesFor(plan, packet)) {
		const matched = rule.conditions.every((condition) => holds(condition, packet));
		trace.push({ rule, matched });
		if (matched) {
			return { fate: fateOf(rule), trace, decidedBy: rule };
		}
	}
	return { fate: { kind: "pass" }, trace };
}

function rulesFor(plan: Plan, packet: Packet): PlannedRule[] {
	if (!plan.families.includes(packet.family)) {
		return [];
	}
	return plan.chains
		.filter((chain) => chain.hook === packet.hook)
		.flatMap((chain) => rulesOf(chain, packet.family));
}

function fateOf({ action }: PlannedRule): Fate {
	return action.kind === "return" ? { kind: "pass" } : { kind: "redirect", port: action.ports.low };
}

function holds(condition: PlannedCondition, packet: Packet): boolean {
	switch (condition.kind) {
		case "protocol":
			return packet.protocol === condition.protocols[0];
		case "destination-port":
			return isAmong(condition.ports, packet.destinationPort);
		case "source":
			return containsAddress(condition.subnets[0], packet.source);
		case "destination":
			return containsAddress(condition.subnets[0], packet.destination);
		case "in-interface":
			return packet.hook === "prerouting" && packet.interface === condition.names[0].name;
		case "out-interface":
			return packet.hook === "output" && packet.interface === condition.names[0].name;
		case "uid":
			return packet.hook === "output" && isAmong(condition.ids, packet.uid);
		case "gid":
			return packet.hook === "output" && isAmong(condition.ids, packet.gid);
	}
}

function isAmong(spans: readonly Span[], number: number | undefined): boolean {
	return number !== undefined && spans.some(({ low, high }) => low <= number && number <= high);
}
