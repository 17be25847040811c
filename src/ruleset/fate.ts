import type { NatRule, NatTable } from "./ruleset.ts";

/** What becomes of a packet at one hook. */
export type NatFate =
	/** Its destination stays. */
	| { readonly kind: "pass" }
	| { readonly kind: "drop" }
	/** To this machine. `highestPort` where the kernel picks one of several, from `port` on; 0 for want of ports. */
	| { readonly kind: "redirect"; readonly port: number; readonly highestPort?: number }
	/** Without a port, the destination port stays. */
	| { readonly kind: "dnat"; readonly address: string; readonly port?: number; readonly highestPort?: number }
	/**
	 * It depends on something that was not understood or not read: a clause for each, without a full stop. `ways` are all
	 * that it may come to; absent where something might do anything to it.
	 */
	| { readonly kind: "unknown"; readonly why: readonly string[]; readonly ways?: readonly KnownFate[] };

export type KnownFate = Exclude<NatFate, { readonly kind: "unknown" }>;

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
