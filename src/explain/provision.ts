import type { Hook, Match } from "../plan/plan.ts";
import type { Reason } from "../policy/reason.ts";

/** One thing that a policy says, and where it says so. A rule can carry out several. */
export interface Provision {
	readonly hook: Hook;
	readonly reason: Reason;
	/** The connections that it is about; none for all of them. */
	readonly match: Match | undefined;
	/** Set when they go to the proxy. */
	readonly proxyPort?: number;
	/** A flag, an annotation, a default. */
	readonly origin: string;
}
