import type { Family } from "../domain/family.ts";
import type { Bytes } from "../wire/bytes.ts";
import type { TcpState } from "../wire/conntrack.ts";
import type { SocketOwner } from "../wire/sock-diag.ts";

/** One end of a connection: its address as a byte string of 4 or 16 bytes. */
export interface End {
	readonly address: Bytes;
	readonly port: number;
}

/** As this network namespace sees it; `forwarded` where neither end is here. */
export type Direction = "inbound" | "outbound" | "forwarded";

export const directions: readonly Direction[] = ["inbound", "outbound", "forwarded"];

/** A TCP connection, put together of what conntrack and what its sockets say. */
export interface Connection {
	readonly family: Family;
	readonly direction: Direction;
	readonly from: End;
	/** Where it was going. */
	readonly to: End;
	/** Where it went; undefined where nobody could be asked. */
	readonly wentTo: End | undefined;
	/** Whether that is another address or port of this namespace, which is what a redirection does. */
	readonly isRedirected: boolean;
	readonly isToLocal: boolean;
	readonly state: TcpState;
	readonly tracking: Tracking;
	/** Of the end that began it, where that is here. */
	readonly sender: SocketOwner | undefined;
	/** Of the end that it came to, where that is here. */
	readonly receiver: SocketOwner | undefined;
}

/**
 * `whole`: conntrack has seen it begin. `midway`: conntrack came later, so that no rule was asked when it was made. `none`:
 * only its sockets tell of it. `unread`: conntrack could not be asked.
 */
export type Tracking = "whole" | "midway" | "none" | "unread";

/** The one that the connection is of use to: of an inbound one who serves it, else who made it. */
export function ownerOf({ direction, sender, receiver }: Connection): SocketOwner | undefined {
	return direction === "inbound" ? receiver : sender;
}

/** What is kept for a while after a connection is over. */
export const endedStates: ReadonlySet<TcpState> = new Set(["time-wait", "close", "none"]);
