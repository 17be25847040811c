import { formatAddress } from "../domain/cidr.ts";
import type { Packet } from "../rules/evaluate.ts";
import type { KnownFate, NatFate } from "../rules/walk.ts";
import type { Outcome } from "./outcome.ts";
import { directionOf } from "./packet-fields.ts";

/** What a sentence has to know besides the packet and its fate. */
export interface Ground {
	/** A clause. */
	readonly because: string;
	readonly outcome: Outcome;
}

/** "An outbound connection of uid 1000 to 10.0.0.5:3306 goes straight to its destination, because …." */
export function sentenceFor(packet: Packet, fate: NatFate, ground: Ground): string {
	return `${describePacket(packet)} ${describeFate(packet, fate, ground.outcome)}, because ${ground.because}.`;
}

export function describePacket(packet: Packet): string {
	const { hook, protocol, uid, source, destination } = packet;
	const noun = protocol === "icmp" ? "packet" : "connection";
	const name = protocol === "tcp" ? noun : `${protocol.toUpperCase()} ${noun}`;
	const to = endpoint(formatAddress(destination), packet);
	return hook === "output"
		? `An outbound ${name}${uid === undefined ? "" : ` of uid ${uid}`} to ${to}`
		: `An inbound ${name} from ${formatAddress(source)} to ${to}`;
}

function endpoint(address: string, { family, destinationPort }: Packet): string {
	if (destinationPort === undefined) {
		return address;
	}
	return family === "ipv6" ? `[${address}]:${destinationPort}` : `${address}:${destinationPort}`;
}

/** As it reads on from the packet. */
export function describeFate(packet: Packet, fate: NatFate, outcome: Outcome): string {
	return fate.kind === "unknown"
		? describeWays(packet, fate.ways ?? [], outcome)
		: describeKnown(packet, fate, outcome === "proxy");
}

/** Several ways may have in common what matters. */
function describeWays(packet: Packet, ways: readonly KnownFate[], outcome: Outcome): string {
	const each = ways.map((way) => describeKnown(packet, way, false)).join(" or ");
	switch (outcome) {
		case "proxy":
			return `goes to the proxy: it ${each}, and which of these is not known`;
		case "past-proxy":
			return `does not go to the proxy: it ${each}, and which of these is not known`;
		default:
			return "may go either way";
	}
}

function describeKnown(packet: Packet, fate: KnownFate, toProxy: boolean): string {
	switch (fate.kind) {
		case "pass":
			return directionOf(packet.hook) === "inbound"
				? "goes straight to the application"
				: "goes straight to its destination";
		case "drop":
			return "is dropped";
		case "redirect":
			return toProxy ? `goes to the proxy on ${ports(fate)}` : `goes to ${ports(fate)} of this pod`;
		case "dnat":
			return `goes to ${fate.address}${fate.port === undefined ? "" : `, ${ports({ ...fate, port: fate.port })},`} instead`;
	}
}

function ports({ port, highestPort }: { readonly port: number; readonly highestPort?: number }): string {
	return highestPort === undefined ? `port ${port}` : `one of the ports ${port}-${highestPort}`;
}
