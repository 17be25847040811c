import { containsAddress, formatAddress } from "../domain/cidr.ts";
import type { NatPacket } from "./packet.ts";
import type { Condition, InterfacePattern, NatRule, Span, Test } from "./ruleset.ts";

/** Whether something holds, where that can be told. */
export type Truth = "yes" | "no" | "unknown";

/** All of a rule's conditions together: one that fails settles it, whatever the others are. */
export function matches(rule: NatRule, packet: NatPacket): Truth {
	const truths = rule.conditions.map((condition) => holds(condition, packet));
	if (truths.includes("no")) {
		return "no";
	}
	return truths.includes("unknown") ? "unknown" : "yes";
}

export function holds({ test, negated }: Condition, packet: NatPacket): Truth {
	if (!applies(test, packet)) {
		return "no";
	}
	const truth = check(test, packet);
	if (truth === "unknown" || !negated) {
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

type StateTest = Exclude<
	Test,
	{
		kind:
			| "family"
			| "protocol"
			| "source-port"
			| "destination-port"
			| "source"
			| "destination"
			| "in-interface"
			| "out-interface";
	}
>;

/** What is not written in the packet, but known of it. */
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
