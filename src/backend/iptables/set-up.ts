import type { Family } from "../../domain/family.ts";
import type { IptablesDialect } from "../../domain/mode.ts";
import type { Host, NftTable } from "../../host/host.ts";
import type { Plan } from "../../rules/plan.ts";
import type { FamilyOutcome, SetUpOptions } from "../backend.ts";
import { BackendError, joinKnown } from "../backend-error.ts";
import { driftOfState } from "./drift.ts";
import { nothing, type OwnState, sameState, wantedOver, wantedState } from "./own-state.ts";
import { type IptablesTools, openTools } from "./tools.ts";
import { maxAttempts, maxRefusals, transaction } from "./transaction.ts";

/**
 * Makes every family hold exactly the plan.
 *
 * A fresh namespace needs one transaction per family and no look before: it creates our chains, and so fails
 * whole, with nothing changed, where they exist already. Only then are the tables read, compared and, where they
 * differ, replaced. Others may be doing the same at the same moment, with another policy too: we are done when one
 * look finds the plan in every family, so that the last to write has either seen all of its own or writes again.
 */
export function setUp(
	host: Host,
	dialect: IptablesDialect,
	plan: Plan,
	options: SetUpOptions,
): FamilyOutcome[] {
	const tools = openTools(host, dialect, plan.families, options);
	const before = host.nftTables() ?? [];
	const first = apply(tools, plan, plan.families.map(unknownState), options.whileRunning);
	const states = first.every(({ changed }) => changed) ? first : converge(tools, plan, first);
	const failed = failedOf(states);
	if (failed.length > 0) {
		const undone = rollBack(tools, states);
		removeMadeTables(host, before);
		throw describeFailure(failed, undone);
	}
	return states.map((state) => ({ family: state.family, outcome: outcomeOf(state) }));
}

/** The programs of nf_tables make their table for whatever they are asked, and leave it, empty, also where they then fail. */
function removeMadeTables(host: Host, before: readonly NftTable[]): void {
	for (const table of host.nftTables() ?? []) {
		const { family, name } = table;
		const wasThere = before.some((one) => one.family === family && one.name === name);
		if (name === "nat" && family !== "inet" && !wasThere) {
			host.removeEmptyNftTable(table);
		}
	}
}

/** How far one family has come. */
interface FamilyState {
	readonly family: Family;
	/** What we believe our part of the table to be. */
	readonly assumed: OwnState;
	/** What it was before we did anything; absent until we know. */
	readonly before?: OwnState;
	/** A transaction of ours has gone through. */
	readonly changed: boolean;
	/** The plan stands: our transaction has just gone through, or the last look found it. */
	readonly holds: boolean;
	/** Why the last transaction did not go through. */
	readonly failure?: BackendError | undefined;
	/** How often in a row it did not although the table was as we believed. */
	readonly refusals: number;
	readonly gaveUp: boolean;
}

function unknownState(family: Family): FamilyState {
	return { family, assumed: nothing, changed: false, holds: false, refusals: 0, gaveUp: false };
}

/** Reads and applies in turn until every family is read to hold the plan, or one cannot be made to. */
function converge(tools: IptablesTools, plan: Plan, states: readonly FamilyState[]): FamilyState[] {
	let seen = look(tools, plan, states);
	for (let attempt = 1; attempt < maxAttempts && isUnsettled(seen); attempt++) {
		seen = look(tools, plan, apply(tools, plan, seen));
	}
	return seen;
}

function isUnsettled(states: readonly FamilyState[]): boolean {
	return states.some((state) => !state.holds) && !states.some((state) => state.gaveUp);
}

/** Sends the transaction of each family that does not hold the plan, all at once. */
function apply(
	tools: IptablesTools,
	plan: Plan,
	states: readonly FamilyState[],
	whileRunning?: () => void,
): FamilyState[] {
	const open = states.filter((state) => !state.holds);
	const failures = tools.restore(
		open.map((state) => ({ family: state.family, input: () => inputFor(state, plan) })),
		whileRunning,
	);
	return states.map((state) => {
		const index = open.indexOf(state);
		const failure = failures[index];
		if (index < 0 || failure !== undefined) {
			return { ...state, failure };
		}
		return { ...state, before: state.before ?? nothing, changed: true, holds: true, failure };
	});
}

function inputFor({ family, assumed }: FamilyState, plan: Plan): string {
	return transaction(assumed, wantedOver(assumed, wantedState(plan, family)));
}

/** Reads every family and decides whether it is done, has failed, or is due another attempt. */
function look(tools: IptablesTools, plan: Plan, states: readonly FamilyState[]): FamilyState[] {
	const found = tools.read(states.map(({ family }) => family));
	return states.map((state, index) => {
		const own = found[index];
		return own === undefined ? state : assess(plan, state, own);
	});
}

function assess(plan: Plan, state: FamilyState, own: OwnState | BackendError): FamilyState {
	if (own instanceof BackendError) {
		return { ...state, holds: false, gaveUp: true, failure: moreTelling(state.failure, own) };
	}
	const seen = { ...state, before: state.before ?? own, assumed: own };
	if (driftOfState(plan, state.family, own).length === 0) {
		return { ...seen, holds: true, failure: undefined, refusals: 0 };
	}
	const wasRefused = state.failure !== undefined && sameState(own, state.assumed);
	const refusals = wasRefused ? state.refusals + 1 : 0;
	return { ...seen, holds: false, refusals, gaveUp: refusals >= maxRefusals(state.failure) };
}

/** A refusal that is only about chains of ours that exist says less than why they cannot be read. */
function moreTelling(refusal: BackendError | undefined, reading: BackendError): BackendError {
	return refusal?.code === reading.code && refusal.obstacle !== "own-chains" ? refusal : reading;
}

/** Those that cannot be made to hold the plan, or else those that somebody kept changing. */
function failedOf(states: readonly FamilyState[]): FamilyState[] {
	const failed = states.filter((state) => state.gaveUp);
	return failed.length > 0 ? failed : states.filter((state) => !state.holds);
}

function outcomeOf({ before, changed }: FamilyState): FamilyOutcome["outcome"] {
	if (!changed) {
		return "unchanged";
	}
	return before === undefined || before.chains.length === 0 ? "created" : "replaced";
}

/** Puts those families back as they were that were changed, after another failed. Answers with a sentence for each. */
function rollBack(tools: IptablesTools, states: readonly FamilyState[]): string[] {
	const changed = states.filter((state) => state.changed);
	const now = tools.read(changed.map(({ family }) => family));
	return changed.map(({ family, before = nothing }, index) => {
		const current = now[index];
		const failure =
			current === undefined || current instanceof BackendError
				? current
				: tools.restore([{ family, input: transaction(current, before) }])[0];
		return failure === undefined
			? `${family} was put back as it was`
			: `${family} could not be put back as it was (${failure.message}): run "shunt clean" in this network namespace`;
	});
}

function describeFailure(failed: readonly FamilyState[], rolledBack: readonly string[]): BackendError {
	const first = failed[0]?.failure;
	const reasons = failed.map(
		({ family, failure }) =>
			`${family}: ${failure?.message ?? "the table kept changing while it was being programmed"}`,
	);
	return new BackendError(
		first?.code ?? "refused",
		[...reasons, ...rolledBack].join("; "),
		joinKnown(failed.map(({ failure = {} }) => failure)),
	);
}
