import type { Address } from "../domain/cidr.ts";
import { type Family, families } from "../domain/family.ts";
import { fail, ok, type Result } from "../domain/problem.ts";
import type { Packet } from "../plan/evaluate.ts";
import { type Assumption, addressOf, examples, isLoopback } from "./assumptions.ts";
import { type Direction, directions, hookOf, type PacketRequest } from "./packet-fields.ts";
import { PacketReader } from "./packet-reader.ts";

/** A packet to be explained, and what of it nobody said. */
export interface AskedPacket {
	readonly direction: Direction;
	readonly packet: Packet;
	readonly assumed: readonly Assumption[];
}

/** Who the pod's application runs as, where that is known. */
export interface Sender {
	readonly uid?: number;
	readonly gid?: number;
}

const protocols: readonly Packet["protocol"][] = ["tcp", "udp", "icmp"];

/** Fills in what was not said; every mistake in what was is reported. */
export function readPacket(request: PacketRequest, sender: Sender = {}): Result<AskedPacket> {
	const reader = new PacketReader(request);
	const direction = readDirection(reader);
	const protocol =
		reader.choice("protocol", protocols) ??
		reader.assume("protocol", "tcp", "the only one that is redirected");
	const packet: Packet = {
		hook: hookOf[direction],
		protocol,
		...readAddresses(reader, direction),
		...readPort(reader, protocol),
		...readOwner(reader, direction, sender),
	};
	const whole = { ...packet, interface: readInterface(reader, packet) };
	return reader.problems.length > 0
		? fail(...reader.problems)
		: ok({ direction, packet: whole, assumed: reader.assumed });
}

function readDirection(reader: PacketReader): Direction {
	const direction = reader.choice("direction", directions);
	if (direction !== undefined) {
		return direction;
	}
	return reader.isGiven("from") && !reader.isGiven("to") && !reader.isGiven("uid") && !reader.isGiven("gid")
		? reader.assume("direction", "inbound", "only --from is given")
		: reader.assume("direction", "outbound", "nothing says that it arrives");
}

type Addresses = Pick<Packet, "family" | "source" | "destination" | "interface">;

function readAddresses(reader: PacketReader, direction: Direction): Addresses {
	const from = reader.address("from");
	const to = reader.address("to");
	const family = readFamily(reader, { from, to });
	const { pod, peer } = examples[family];
	const [fromText, toText] = direction === "inbound" ? [peer, pod] : [pod, peer];
	const fromLoopback = to !== undefined && isLoopback(to) && direction === "outbound";
	return {
		family,
		source:
			from ??
			(fromLoopback
				? addressOf(reader.assume("from", loopback[family], "the destination is a loopback address"))
				: addressOf(reader.assume("from", fromText, who(direction, "inbound")))),
		destination: to ?? addressOf(reader.assume("to", toText, who(direction, "outbound"))),
		interface: "",
	};
}

const loopback: Readonly<Record<Family, string>> = { ipv4: "127.0.0.1", ipv6: "::1" };

function who(direction: Direction, peerWhen: Direction): string {
	return direction === peerWhen ? "an example of a peer's address" : "an example of the pod's address";
}

interface GivenAddresses {
	readonly from: Address | undefined;
	readonly to: Address | undefined;
}

function readFamily(reader: PacketReader, { from, to }: GivenAddresses): Family {
	const asked = reader.choice("family", families);
	if (from !== undefined && to !== undefined && from.family !== to.family) {
		reader.complain("to", "is not of the family that --from is of", "two addresses of one family");
	}
	const given = to ?? from;
	if (asked !== undefined && given !== undefined && given.family !== asked) {
		reader.complain("family", "is not what the addresses are", `${given.family}, or none`);
	}
	if (asked !== undefined) {
		return asked;
	}
	return given === undefined
		? reader.assume("family", "ipv4", "neither address says otherwise")
		: reader.assume("family", given.family, "the address is of it");
}

function readPort(reader: PacketReader, protocol: Packet["protocol"]): Pick<Packet, "destinationPort"> {
	if (protocol === "icmp") {
		reader.refuse("port", "is a port, which icmp has not", "no --port, or --protocol tcp or udp");
		return {};
	}
	return { destinationPort: reader.port() ?? reader.assume("port", 80, "an example") };
}

/** Only a socket of this network namespace has an owner that rules can see. */
function readOwner(reader: PacketReader, direction: Direction, sender: Sender): Pick<Packet, "uid" | "gid"> {
	if (direction === "inbound") {
		for (const field of ["uid", "gid"] as const) {
			reader.refuse(
				field,
				"says who sends it, which nobody knows of a packet that arrives",
				"--direction outbound",
			);
		}
		return {};
	}
	return { uid: readId(reader, "uid", sender.uid), gid: readId(reader, "gid", sender.gid) };
}

function readId(reader: PacketReader, field: "uid" | "gid", known: number | undefined): number {
	const given = reader.id(field);
	if (given !== undefined) {
		return given;
	}
	return known === undefined
		? reader.assume(field, 0, "what containers run as unless told otherwise")
		: reader.assume(field, known, "what the first container runs as");
}

function readInterface(reader: PacketReader, { hook, destination }: Packet): string {
	const given = reader.interface();
	if (given !== undefined) {
		return given;
	}
	return hook === "output" && isLoopback(destination)
		? reader.assume("interface", "lo", "the destination is a loopback address")
		: reader.assume("interface", "eth0", "a pod's usual one");
}
