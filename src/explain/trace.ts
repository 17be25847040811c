import type { NatFate } from "../rules/walk.ts";
import type { Outcome } from "./outcome.ts";
import type { AskedPacket } from "./packet.ts";

/** What becomes of a packet, told step by step. Plain data: the page and `--output json` show it as it is. */
export interface Trace {
	readonly asked: AskedPacket;
	readonly steps: readonly Step[];
	readonly fate: NatFate;
	/** What the fate comes to, also where it is not known to the letter. */
	readonly outcome: Outcome;
	/** The effective path in one sentence. */
	readonly sentence: string;
}

/** A rule that the packet was held against. */
export interface Step {
	/** Of the table that it stands in, where there is more than one: `nft ip nat`. */
	readonly table?: string;
	readonly chain: string;
	/** From 1 within its chain. */
	readonly position: number;
	/** The rule in its dialect's words, or in plain ones where there is no dialect yet. */
	readonly rule: string;
	readonly matched: "yes" | "no" | "unknown";
	/** What it does to a packet that matches, in a few words. */
	readonly action: string;
	/** This one gave the packet its fate. */
	readonly decides: boolean;
	/** Why it is there: a clause. */
	readonly why: string;
	/** Where that was asked for, where that is known. */
	readonly origin?: string;
}
