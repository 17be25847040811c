import { type Address, parseAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { PacketFieldName } from "./packet-fields.ts";

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
