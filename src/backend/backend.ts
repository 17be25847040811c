import type { Family } from "../domain/family.ts";
import type { Host } from "../host/host.ts";
import type { Drift } from "../plan/diff.ts";
import type { Plan } from "../plan/plan.ts";

/**
 * What every dialect can do. All three verbs are idempotent, touch only what is ours, and throw
 * {@link BackendError} with the namespace as it was before.
 */
export interface Backend {
	/** Makes the plan's families hold exactly the plan, in one transaction per family. */
	setUp(host: Host, plan: Plan, options: SetUpOptions): FamilyOutcome[];
	/** How each of the plan's families differs from the plan. Changes nothing. */
	check(host: Host, plan: Plan): FamilyDrift[];
	/** Removes whatever is ours. Answers with the families that held something. */
	tearDown(host: Host, families: readonly Family[]): Family[];
}

export interface SetUpOptions {
	/** Wait for other programs that hold the xtables lock, however long (`-w`). */
	readonly wait: boolean;
}

export interface FamilyOutcome {
	readonly family: Family;
	readonly outcome: "created" | "replaced" | "unchanged";
}

export interface FamilyDrift {
	readonly family: Family;
	readonly drift: readonly Drift[];
}
