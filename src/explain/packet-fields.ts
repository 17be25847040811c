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
