import type { Family } from "../domain/family.ts";
import { type Dialect, dialects } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { BackendError, type Known } from "./backend-error.ts";
import { backendOf } from "./backends.ts";

/** What came of trying a dialect. */
export interface Trial {
	readonly dialect: Dialect;
	/** Undefined where it can be spoken. */
	readonly failure: BackendError | undefined;
}

export interface TrialRules {
	readonly families: readonly Family[];
	/** The user whose connections are to pass; undefined where no rule is about one. */
	readonly uid: number | undefined;
}

/** Tries dialects in this network namespace: every one, where nobody says which. */
export function tryDialects(host: Host, rules: TrialRules, among: readonly Dialect[] = dialects): Trial[] {
	return among.map((dialect) => ({ dialect, failure: tryDialect(host, dialect, rules) }));
}

/**
 * Where all but the rule about a user can be made, the message begins with why: xt_owner takes only users that exist in
 * the network namespace's user namespace, and rules only from a process in that (owner_check in net/netfilter/xt_owner.c).
 */
function tryDialect(host: Host, dialect: Dialect, { families, uid }: TrialRules): BackendError | undefined {
	const failure = backendOf(dialect).probe(host, families, uid);
	// What the kernel lacks it lacks for every rule.
	const isAboutUser =
		failure?.code === "refused" &&
		failure.lack === undefined &&
		backendOf(dialect).probe(host, families, "nobody") === undefined;
	return failure !== undefined && isAboutUser
		? new BackendError(failure.code, `${whyNoUser(host, uid ?? 0)}: ${failure.message}`, aboutOwner)
		: failure;
}

const aboutOwner: Known = { obstacle: "owner-match" };

function whyNoUser(host: Host, uid: number): string {
	const maps = (host.readFile("/proc/self/uid_map") ?? "")
		.split("\n")
		.map((line) => line.trim().split(/\s+/));
	const isMapped = maps.some(([first, , count]) => {
		const offset = uid - Number(first);
		return offset >= 0 && offset < Number(count);
	});
	return isMapped
		? `iptables' owner match does not take user ${uid} here: the network namespace belongs to another user namespace, or the kernel has no xt_owner`
		: `user ${uid} does not exist in this user namespace (/proc/self/uid_map does not map it), and iptables' owner match takes only users that do; map it, or choose a proxy user that is mapped`;
}
