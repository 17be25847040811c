import type { Packet as PlanPacket } from "../plan/evaluate.ts";

/**
 * The first packet of a connection. A plan's packet will do; what it does not say is taken as a new connection without
 * marks, whose sender is unknown to the rules where neither uid nor gid is given.
 */
export interface NatPacket extends PlanPacket {
	readonly sourcePort?: number;
	/** The firewall mark; 0 without. */
	readonly mark?: number;
	/**
	 * Whether the destination is an address of this machine. Without it: known for loopback addresses and for packets
	 * that leave through the loopback interface, otherwise not.
	 */
	readonly destinationIsLocal?: boolean;
}
