import type { Family } from "../domain/family.ts";
import type { TcpState } from "../wire/conntrack.ts";
import type { Direction, Tracking } from "./connection.ts";
import type { RuleName, Via } from "./describe.ts";
import type { Owner } from "./owners.ts";

/** What is said of one connection. Plain data for the terminal and JSON. */
export interface Account {
	readonly direction: Direction;
	readonly family: Family;
	/** `10.0.0.1:80`, `[fd00::1]:80` */
	readonly from: string;
	readonly to: string;
	/** Absent where it is not known. */
	readonly wentTo?: string;
	readonly via: Via;
	/** The port that it went to, where that is one of this namespace's that it was not going to. */
	readonly redirectedTo?: number;
	readonly state: TcpState;
	readonly tracking: Tracking;
	/** Of the program here that the connection is of use to: of an inbound one the server, else the client. */
	readonly owner?: Owner;
	/** Who took it here, where that is not the owner: the proxy, most often. */
	readonly receiver?: Owner;
	/** The rule that explains it, or that would now decide. */
	readonly rule?: RuleName;
	/** Whether the present rules would have it go where it went; null where that cannot be told. */
	readonly agrees: boolean | null;
	/** What the present rules would do, where that is something else: "would go to the proxy on port 4140". */
	readonly now?: string;
	/** Why it is not known what the rules would do. */
	readonly why?: readonly string[];
}
