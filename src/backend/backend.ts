import type { Family } from "../domain/family.ts";
import type { TableDialect } from "../domain/mode.ts";
import type { Via } from "../domain/transport.ts";
import type { Host } from "../host/host.ts";
import type { Drift } from "../rules/diff.ts";
import type { Hook, Plan } from "../rules/plan.ts";
import type { OwnRule } from "../rules/rule.ts";
import type { NatTable, Scope } from "../rules/ruleset.ts";
import type { BackendError } from "./backend-error.ts";

/**
 * What every dialect can do, and all that the rest of the program knows of it. The three verbs are idempotent, touch only
 * what is ours, and throw {@link BackendError} with the namespace as it was before.
 */
export interface Backend {
	/** Makes the plan's families hold exactly the plan. */
	setUp(host: Host, plan: Plan, options: SetUpOptions): SetUpResult;
	/**
	 * How what is there differs from the plan. Changes nothing. `found` are tables of this dialect that were read already,
	 * which then are all that is looked at; without it they are read.
	 */
	check(host: Host, plan: Plan, found?: readonly NatTable[]): FoundDrift[];
	/** Removes whatever is ours. Answers with the families that held something. */
	tearDown(host: Host, families: readonly Family[]): Family[];
	/**
	 * Tries whether the dialect can be spoken here: the kernel is handed every kind of rule that we write, and keeps none.
	 * Undefined when it can.
	 */
	probe(host: Host, families: readonly Family[], owner?: Owner): BackendError | undefined;
	/** What the dialect's tools would be given in a fresh namespace, one transaction each. */
	transactions(plan: Plan, options: SetUpOptions): Transaction[];
	/** A plan's rules as the dialect writes them; `mark` is what stands around names and comments. */
	rules(plan: Plan, mark: Mark): WrittenRules;
	/** Those that change rules, each family's by itself where there are two. */
	readonly programs: readonly string[];
	/** Whether there is a lock between this dialect's programs that one can wait for. */
	readonly hasLock: boolean;

	/** The tables of the kernel that can hold rules of this dialect. */
	readonly tables: readonly KernelTable[];
	/** Whose tables it works on here, of those that there are (`existing`). A process may be started to find out. */
	speaks(host: Host, existing: readonly KernelTable[]): TableDialect;
	/** Whether somebody, be it us, has rules in one of its tables that exists. */
	isInUse(host: Host, table: KernelTable): boolean;

	/** Where rules of a hook stand once they are made. */
	chainAt(hook: Hook): ChainPlace;
	/** Whether a chain of a table that was read is one of ours. */
	ownsChain(table: NatTable, chain: string): boolean;
	/** What of a table that was read is ours; undefined where nothing is. */
	ownTable(table: NatTable): OwnTable | undefined;
}

/** A table of the kernel in which rules of ours can live. */
export interface KernelTable {
	readonly dialect: TableDialect;
	readonly scope: Scope;
	readonly name: string;
	/** Which part of netfilter keeps it; of x_tables, nobody can remove a table again. */
	readonly subsystem: "x_tables" | "nf_tables";
}

export interface ChainPlace {
	readonly chain: string;
	/** The table, where it is one of ours alone, as a step of an explanation names it and as a drawing does. */
	readonly table?: { readonly label: string; readonly short: string };
}

/** A table in which something of ours was found, be it whole or in pieces. */
export interface OwnTable {
	readonly table: NatTable;
	/** Rules that are ours or stand among ours, and those that lead to them. */
	readonly count: number;
	/** Our chains, and their rules in the dialect's own words where there is one for each thing that a list names. */
	readonly chains: readonly { readonly name: string; readonly rules: readonly string[] }[];
	/** Whether the table tells how its rules were made, so that every later change shows (nftables/record.ts). */
	readonly isRecorded: boolean;
	/** Those that are as we would write them for some policy, in order. */
	rules(): readonly HookedRule[];
	/** The plan that all of them are byte for byte, where that was seen before any rule was read. */
	readonly holds?: Plan;
}

/** What a table of ours says, be it by its comments alone. */
export interface Likely extends Pick<OwnTable, "rules"> {
	readonly table: Pick<NatTable, "scope">;
}

/** The plan that all tables of one dialect ought to hold, by what somebody said or by what they themselves say. */
export type PlanOf = (tables: readonly Likely[]) => Plan;

/** A rule of ours, and from which side connections come to it. */
export interface HookedRule {
	readonly hook: Hook;
	readonly rule: OwnRule;
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
	readonly whileRunning?: (() => void) | undefined;
}

export interface SetUpResult {
	/** Who made the rules, or found that there was nothing to make. */
	readonly via: Via;
	readonly families: readonly FamilyOutcome[];
	/** What somebody had changed of an earlier run's rules, in a dialect whose table tells how these were made. */
	readonly changed?: readonly Drift[];
}

export interface FamilyOutcome {
	readonly family: Family;
	readonly outcome: "created" | "replaced" | "unchanged";
	/** That the kernel takes no comments, so that the rules are there without. */
	readonly comments?: false;
}

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

/**
 * A quotation mark, or one as it stands within a text in JSON, where nothing else of a plan's rules is spelled in another way:
 * that spares looking at each character of what may be tens of thousands of rules.
 */
export type Mark = '"' | '\\"';

/** The rules of each chain in order, by scope and then by chain. */
export type WrittenRules = Readonly<Partial<Record<Scope, Readonly<Record<string, readonly string[]>>>>>;
