import { type Address, parseAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { Direction } from "../policy/condition.ts";
import type { Hook } from "../rules/plan.ts";

/** What a user can say of a packet, as it was written. Everything else is assumed, and said to be. */
export type PacketRequest = Partial<Record<PacketFieldName, string>>;

export type PacketFieldName = (typeof packetFields)[number]["name"];

/** The flags of `shunt explain` and the fields of its page are both made from this. */
export const packetFields = [
	{ name: "direction", placeholder: "WAY", help: "inbound or outbound" },
	{ name: "protocol", placeholder: "NAME", help: "tcp, udp or icmp" },
	{ name: "family", placeholder: "FAMILY", help: "ipv4 or ipv6" },
	{ name: "from", placeholder: "ADDR", help: "source address" },
	{ name: "to", placeholder: "ADDR", help: "destination address" },
	{ name: "port", placeholder: "N", help: "destination port" },
	{ name: "uid", placeholder: "UID", help: "user of the process that sends it (outbound)" },
	{ name: "gid", placeholder: "GID", help: "group of the process that sends it (outbound)" },
	{ name: "interface", placeholder: "NAME", help: "interface it comes in on or leaves through" },
] as const satisfies readonly {
	readonly name: string;
	readonly placeholder: string;
	readonly help: string;
}[];

export function directionOf(hook: Hook): Direction {
	return hook === "prerouting" ? "inbound" : "outbound";
}

/** A field that nobody set, what it is taken to be, and why that. */
export interface Assumption {
	readonly field: PacketFieldName;
	readonly value: string;
	readonly because: string;
}

/** Reserved for documentation (RFC 5737, RFC 3849), so that they are nobody's. */
export const examples: Readonly<Record<Family, { readonly pod: string; readonly peer: string }>> = {
	ipv4: { pod: "192.0.2.10", peer: "198.51.100.7" },
	ipv6: { pod: "2001:db8::10", peer: "2001:db8:ffff::7" },
};

/** 127.0.0.0/8, ::1 and the former in the latter's clothes. */
export function isLoopback(address: Address): boolean {
	const { bytes } = address;
	if (address.family === "ipv4") {
		return bytes[0] === 127;
	}
	return bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1;
}

export function addressOf(text: string): Address {
	const address = parseAddress(text);
	if (address === undefined) {
		throw new Error(`not an address: ${text}`);
	}
	return address;
}
