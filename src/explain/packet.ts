import { type Address, formatAddress, parseAddress } from "../domain/cidr.ts";
import { type Family, families } from "../domain/family.ts";
import { usualLoopback } from "../domain/interface-name.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { type Direction, directions } from "../policy/condition.ts";
import type { Packet } from "../rules/evaluate.ts";
import { hookOf } from "../rules/plan.ts";
import { isAmong } from "./local-addresses.ts";
import { type Assumption, addressOf, examples, isLoopback, type PacketRequest } from "./packet-fields.ts";
import { PacketReader } from "./packet-reader.ts";

/** A packet to be explained, and what of it nobody said. */
export interface AskedPacket {
	readonly direction: Direction;
	readonly packet: Packet;
	readonly assumed: readonly Assumption[];
	/** Whether the destination is an address of the pod; absent where those are not known. */
	readonly destinationIsLocal?: boolean;
}

/** What is known of the pod besides its rules. */
export interface Sender {
	/** Whom its application runs as. */
	readonly uid?: number;
	readonly gid?: number;
	/** Its addresses, in their shortest spelling. */
	readonly addresses?: readonly string[];
	/** What its loopback interface is called, where that is known. */
	readonly loopback?: string;
}

const protocols: readonly Packet["protocol"][] = ["tcp", "udp", "icmp"];

/** Fills in what was not said; every mistake in what was is reported. */
export function readPacket(request: PacketRequest, sender: Sender = {}): Result<AskedPacket> {
	const reader = new PacketReader(request);
	const { addresses = [] } = sender;
	const direction = readDirection(reader);
	const protocol =
		reader.choice("protocol", protocols) ??
		reader.assume("protocol", "tcp", "the only one that is redirected");
	const packet: Packet = {
		hook: hookOf[direction],
		protocol,
		...readAddresses(reader, direction, addresses),
		...readPort(reader, protocol),
		...readOwner(reader, direction, sender),
	};
	const destinationIsLocal = isAmong(addresses, packet.destination) || isLoopback(packet.destination);
	const whole = {
		...packet,
		interface: readInterface(reader, packet, { isLocal: destinationIsLocal, loopback: sender.loopback }),
	};
	return reader.problems.length > 0
		? err(...reader.problems)
		: ok({
				direction,
				packet: whole,
				assumed: reader.assumed,
				...(addresses.length > 0 ? { destinationIsLocal } : {}),
			});
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

function readAddresses(reader: PacketReader, direction: Direction, addresses: readonly string[]): Addresses {
	const from = reader.address("from");
	const to = reader.address("to");
	const family = readFamily(reader, { from, to });
	const pod = podAddress(family, addresses);
	const peer: Guess = { text: examples[family].peer, because: "an example of a peer's address" };
	const stays = direction === "outbound" && to !== undefined && ownWay(to, addresses);
	const source = stays || (direction === "inbound" ? peer : pod);
	const destination = direction === "inbound" ? pod : peer;
	return {
		family,
		source: from ?? addressOf(reader.assume("from", source.text, source.because)),
		destination: to ?? addressOf(reader.assume("to", destination.text, destination.because)),
		interface: "",
	};
}

interface Guess {
	readonly text: string;
	readonly because: string;
}

function podAddress(family: Family, addresses: readonly string[]): Guess {
	const known = addresses.find((text) => parseAddress(text)?.family === family && !text.startsWith("fe80:"));
	return known === undefined
		? { text: examples[family].pod, because: "an example of the pod's address" }
		: { text: known, because: "the pod's address" };
}

/** The kernel gives a connection to oneself the address that it goes to, but in 127.0.0.0/8 always the same. */
function ownWay(to: Address, addresses: readonly string[]): Guess | false {
	if (isLoopback(to)) {
		const text = to.family === "ipv4" ? "127.0.0.1" : "::1";
		return { text, because: "the destination is a loopback address" };
	}
	return isAmong(addresses, to) && { text: formatAddress(to), because: "the destination is the pod itself" };
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

function readInterface(
	reader: PacketReader,
	{ hook, destination }: Packet,
	{
		isLocal,
		loopback = usualLoopback,
	}: { readonly isLocal: boolean; readonly loopback?: string | undefined },
): string {
	const given = reader.interface();
	if (given !== undefined) {
		return given;
	}
	if (hook === "output" && isLocal) {
		const what = isLoopback(destination) ? "a loopback address" : "the pod itself";
		return reader.assume("interface", loopback, `the destination is ${what}`);
	}
	return reader.assume("interface", "eth0", "a pod's usual one");
}
