import type { Family } from "../domain/family.ts";
import type { Host } from "../host/host.ts";
import type { Drift } from "../plan/diff.ts";
import type { Plan } from "../plan/plan.ts";
import type { BackendError } from "./backend-error.ts";

/**
 * What every dialect can do. The three verbs are idempotent, touch only what is ours, and throw {@link BackendError}
 * with the namespace as it was before.
 */
export interface Backend {
	/** Makes the plan's families hold exactly the plan. */
	setUp(host: Host, plan: Plan, options: SetUpOptions): FamilyOutcome[];
	/** How what is there differs from the plan. Changes nothing. */
	check(host: Host, plan: Plan): FoundDrift[];
	/** Removes whatever is ours. Answers with the families that held something. */
	tearDown(host: Host, families: readonly Family[]): Family[];
	/**
	 * Tries whether the dialect can be spoken here, by doing: one transaction that makes every kind of rule we write and
	 * removes it again, so that the kernel has to know them all and nothing remains. Undefined when it can.
	 */
	probe(host: Host, families: readonly Family[], owner?: Owner): BackendError | undefined;
	/** What {@link setUp} gives the dialect's tools in a fresh namespace, one transaction each. */
	transactions(plan: Plan, options: SetUpOptions): Transaction[];
	/** A plan's rules as the dialect writes them. */
	rules(plan: Plan): WrittenRules;
	/** Whether there is a lock between this dialect's programs that one can wait for. */
	readonly hasLock: boolean;
}

/** Whose connections a trial's rule is about; `nobody` for a trial without such a rule. */
export type Owner = number | "nobody";

export interface SetUpOptions {
	/** Wait for other programs that hold the xtables lock, however long (`-w`). */
	readonly wait: boolean;
	/** Count packets and bytes per rule, in the dialect where that is a choice. */
	readonly counters: boolean;
	/**
	 * Called once the first transactions are on their way, for what else there is to do: they take longer than anything
	 * of ours.
	 */
	readonly meanwhile?: (() => void) | undefined;
}

export interface FamilyOutcome {
	readonly family: Family;
	readonly outcome: "created" | "replaced" | "unchanged";
}

/** What a table serves: one family, or both at once. */
export type Scope = Family | "inet";

export interface FoundDrift {
	readonly scope: Scope;
	readonly drift: readonly Drift[];
}

export interface Transaction {
	/** The program and its arguments. */
	readonly command: readonly string[];
	/** What it reads on standard input. */
	readonly input: string;
}

/** By scope, then by chain, in order. */
export type WrittenRules = Readonly<Partial<Record<Scope, Readonly<Record<string, readonly string[]>>>>>;
