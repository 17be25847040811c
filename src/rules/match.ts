import { containsAddress, formatAddress } from "../domain/cidr.ts";
import type { InterfacePattern } from "../domain/interface-name.ts";
import type { Span } from "../domain/number.ts";
import type { Packet } from "./evaluate.ts";
import type { Condition, Rule, Test } from "./rule.ts";

/**
 * The first packet of a connection. A plan's packet will do; what it does not say is taken as a new connection without
 * marks, whose sender is unknown to the rules where neither uid nor gid is given.
 */
export interface NatPacket extends Packet {
	readonly sourcePort?: number;
	/** The firewall mark; it is 0 where nobody has set one. */
	readonly mark?: number;
	/**
	 * Whether the destination is an address of this machine. Without it: known for loopback addresses and for packets
	 * that leave through the loopback interface, otherwise not.
	 */
	readonly destinationIsLocal?: boolean;
}

/** Whether something holds, where that can be told. */
export type Truth = "yes" | "no" | "unknown";

/** All of a rule's conditions together: one that fails settles it, whatever the others are. */
export function matches(rule: Rule, packet: NatPacket): Truth {
	const truths = rule.conditions.map((condition) => holds(condition, packet));
	if (truths.includes("no")) {
		return "no";
	}
	return truths.includes("unknown") ? "unknown" : "yes";
}

export function holds(condition: Condition, packet: NatPacket): Truth {
	if (!applies(condition, packet)) {
		return "no";
	}
	const truth = check(condition, packet);
	if (truth === "unknown" || condition.negated !== true) {
		return truth;
	}
	return truth === "yes" ? "no" : "yes";
}

/** What is not there to be looked at fails a test and its negation alike: a port of ICMP, a user on the way in. */
function applies(test: Test, packet: NatPacket): boolean {
	switch (test.kind) {
		case "source-port":
		case "destination-port":
			return packet.destinationPort !== undefined;
		case "uid":
		case "gid":
			return packet.hook === "output";
		default:
			return true;
	}
}

function check(test: Test, packet: NatPacket): Truth {
	switch (test.kind) {
		case "family":
			return truthOf(packet.family === test.family);
		case "protocol":
			return truthOf(test.protocols.includes(protocolOf(packet)));
		case "source-port":
			return within(test.ports, packet.sourcePort);
		case "destination-port":
			return within(test.ports, packet.destinationPort);
		case "source":
		case "destination":
			return truthOf(test.subnets.some((subnet) => containsAddress(subnet, packet[test.kind])));
		case "in-interface":
			return truthOf(packet.hook === "prerouting" && fits(test.names, packet.interface));
		case "out-interface":
			return truthOf(packet.hook === "output" && fits(test.names, packet.interface));
		default:
			return checkState(test, packet);
	}
}

type StateTest = Extract<
	Test,
	{ kind: "uid" | "gid" | `${string}-is-local` | "mark" | "connection-state" | "unparsed" }
>;

/** Tests on what is not written in the packet, but known of it. */
function checkState(test: StateTest, packet: NatPacket): Truth {
	switch (test.kind) {
		case "uid":
		case "gid":
			// A sender that nobody knows is no user in particular, as for a plan.
			return packet[test.kind] === undefined ? "no" : within(test.ids, packet[test.kind]);
		case "destination-is-local":
			return isLocalDestination(packet);
		case "source-is-local":
			return truthOf(packet.hook === "output" || isLoopback(packet, "source"));
		case "mark":
			// What other tables mark is not looked into.
			return packet.mark === undefined
				? "unknown"
				: truthOf((packet.mark & test.mask) >>> 0 === test.value >>> 0);
		case "connection-state":
			return truthOf(test.states.includes("new"));
		case "unparsed":
			return "unknown";
	}
}

function truthOf(fact: boolean): Truth {
	return fact ? "yes" : "no";
}

function within(spans: readonly Span[], number: number | undefined): Truth {
	return number === undefined
		? "unknown"
		: truthOf(spans.some(({ low, high }) => low <= number && number <= high));
}

function fits(patterns: readonly InterfacePattern[], name: string): boolean {
	return patterns.some((pattern) =>
		pattern.isPrefix ? name.startsWith(pattern.name) : name === pattern.name,
	);
}

function protocolOf({ protocol, family }: NatPacket): string {
	return protocol === "icmp" && family === "ipv6" ? "ipv6-icmp" : protocol;
}

/** What leaves a machine for its own addresses leaves through the loopback interface. */
function isLocalDestination(packet: NatPacket): Truth {
	if (packet.destinationIsLocal !== undefined) {
		return truthOf(packet.destinationIsLocal);
	}
	if (isLoopback(packet, "destination")) {
		return "yes";
	}
	return packet.hook === "output" ? truthOf(packet.interface === "lo") : "unknown";
}

function isLoopback(packet: NatPacket, side: "source" | "destination"): boolean {
	const address = packet[side];
	return address.family === "ipv4" ? address.bytes[0] === 127 : formatAddress(address) === "::1";
}
