import type { Rules } from "./subject.ts";

/** Rules that a pod's manifest tells, and where it does. */
export interface ToldRules {
	/** "arguments of init container linkerd-init, mode nft" */
	readonly source: string;
	readonly rules: Rules;
	readonly notes: readonly string[];
}
