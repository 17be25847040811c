import type { Hook, Rule } from "./plan.ts";

/** What one family of a network namespace really holds of ours, as a backend read it. */
export interface Observed {
	/** The chains of ours that are there. */
	readonly chains: readonly ObservedChain[];
}

export interface ObservedChain {
	readonly hook: Hook;
	/** How often the hook leads into this chain exactly as we would make it. Once is right. */
	readonly jumps: number;
	/** Other ways into this chain that we would not make, in the dialect's own words. */
	readonly strayJumps: readonly string[];
	readonly rules: readonly ObservedRule[];
}

/** A rule of ours, or something in our chain that we would never write. */
export type ObservedRule = Rule | UnknownRule;

export interface UnknownRule {
	readonly reason: "unknown";
	/** The rule in the dialect's own words. */
	readonly text: string;
}

export function isUnknown(rule: ObservedRule): rule is UnknownRule {
	return rule.reason === "unknown";
}
