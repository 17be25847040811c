import type { NatPacket } from "./packet.ts";
import type { NatRule, NatTable, Ruleset } from "./ruleset.ts";

/** What becomes of a packet at one hook. */
export type NatFate =
	/** Its destination stays. */
	| { readonly kind: "pass" }
	| { readonly kind: "drop" }
	/** To this machine. `highestPort` where the kernel picks one of several, from `port` on. */
	| { readonly kind: "redirect"; readonly port: number; readonly highestPort?: number }
	| { readonly kind: "dnat"; readonly address: string; readonly port?: number; readonly highestPort?: number }
	/** It depends on something that was not understood or not read: a sentence for each, without a full stop. */
	| { readonly kind: "unknown"; readonly why: readonly string[] };

/** A rule that the packet was held against. */
export interface NatStep {
	readonly table: NatTable;
	readonly chain: string;
	/** From 1 within its chain. */
	readonly position: number;
	readonly rule: NatRule;
	/** `unknown` when it hangs on a condition that is not understood; the steps go on as though it did not match. */
	readonly matched: "yes" | "no" | "unknown";
}

export interface Traversal {
	readonly fate: NatFate;
	/** The rules visited, in order. */
	readonly steps: readonly NatStep[];
	/** The rule that gave the packet its fate; absent where none did, or where the fate is unknown. */
	readonly decidedBy?: NatStep;
}

/** What a namespace's nat rules do to a packet, in netfilter's own order. */
export function traverse(_ruleset: Ruleset, _packet: NatPacket): Traversal {
	throw new Error("not yet");
}
