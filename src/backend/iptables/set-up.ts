import type { Family } from "../../domain/family.ts";
import type { Host } from "../../host/host.ts";
import type { Plan } from "../../plan/plan.ts";
import type { FamilyOutcome, SetUpOptions } from "../backend.ts";
import { BackendError } from "../backend-error.ts";
import { driftOfState } from "./observe.ts";
import { nothing, type OwnState, sameState, wantedOver, wantedState } from "./own-state.ts";
import { maxRounds, patienceWith } from "./rounds.ts";
import { openToolbox, type Toolbox } from "./tools.ts";
import { transaction } from "./transaction.ts";
import { undo } from "./undo.ts";
import type { Variant } from "./variant.ts";

/**
 * Makes every family hold exactly the plan.
 *
 * A fresh namespace needs one transaction per family and no look before: it creates our chains, and so fails
 * whole, with nothing changed, where they exist already. Only then are the tables read, compared and, where they
 * differ, replaced. Others may be doing the same at the same moment, with another policy too: we are done when one
 * look finds the plan in every family, so that the last to write has either seen all of its own or writes again.
 */
export function setUp(host: Host, variant: Variant, plan: Plan, options: SetUpOptions): FamilyOutcome[] {
	const tools = openToolbox(host, variant, plan.families, options);
	const first = apply(tools, plan, plan.families.map(newTrack), options.meanwhile);
	const tracks = first.every((track) => track.changed) ? first : settle(tools, plan, first);
	const failed = failedOf(tracks);
	if (failed.length > 0) {
		throw describeFailure(failed, undo(tools, changesOf(tracks)));
	}
	return tracks.map((track) => ({ family: track.family, outcome: outcomeOf(track) }));
}

/** How far one family has come. */
interface Track {
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

function newTrack(family: Family): Track {
	return { family, assumed: nothing, changed: false, holds: false, refusals: 0, gaveUp: false };
}

/** Looks and applies in turn until every family holds the plan at one look, or one cannot be made to. */
function settle(tools: Toolbox, plan: Plan, tracks: readonly Track[]): Track[] {
	let seen = look(tools, plan, tracks);
	for (let round = 1; round < maxRounds && isUnsettled(seen); round++) {
		seen = look(tools, plan, apply(tools, plan, seen));
	}
	return seen;
}

function isUnsettled(tracks: readonly Track[]): boolean {
	return tracks.some((track) => !track.holds) && !tracks.some((track) => track.gaveUp);
}

/** Sends the transaction of each family that does not hold the plan, all at once. */
function apply(tools: Toolbox, plan: Plan, tracks: readonly Track[], meanwhile?: () => void): Track[] {
	const open = tracks.filter((track) => !track.holds);
	const failures = tools.restore(
		open.map((track) => ({ family: track.family, input: () => inputFor(track, plan) })),
		meanwhile,
	);
	return tracks.map((track) => {
		const index = open.indexOf(track);
		const failure = failures[index];
		if (index < 0 || failure !== undefined) {
			return { ...track, failure };
		}
		return { ...track, before: track.before ?? nothing, changed: true, holds: true, failure };
	});
}

function inputFor({ family, assumed }: Track, plan: Plan): string {
	return transaction(assumed, wantedOver(assumed, wantedState(plan, family)));
}

/** Reads every family and decides whether it is done, lost, or due another round. */
function look(tools: Toolbox, plan: Plan, tracks: readonly Track[]): Track[] {
	const states = tools.read(tracks.map((track) => track.family));
	return tracks.map((track, index) => {
		const state = states[index];
		return state === undefined ? track : judge(plan, track, state);
	});
}

function judge(plan: Plan, track: Track, state: OwnState | BackendError): Track {
	if (state instanceof BackendError) {
		return { ...track, holds: false, gaveUp: true, failure: moreTelling(track.failure, state) };
	}
	const seen = { ...track, before: track.before ?? state, assumed: state };
	if (driftOfState(plan, track.family, state).length === 0) {
		return { ...seen, holds: true, failure: undefined, refusals: 0 };
	}
	const wasRefused = track.failure !== undefined && sameState(state, track.assumed);
	const refusals = wasRefused ? track.refusals + 1 : 0;
	return { ...seen, holds: false, refusals, gaveUp: refusals >= patienceWith(track.failure) };
}

/** A refusal that is only about chains of ours that exist says less than why they cannot be read. */
function moreTelling(refusal: BackendError | undefined, reading: BackendError): BackendError {
	return refusal?.code === reading.code && !refusal.message.includes("Chain already exists")
		? refusal
		: reading;
}

/** Those that cannot be made to hold the plan, or else those that somebody kept changing. */
function failedOf(tracks: readonly Track[]): Track[] {
	const lost = tracks.filter((track) => track.gaveUp);
	return lost.length > 0 ? lost : tracks.filter((track) => !track.holds);
}

function outcomeOf({ before, changed }: Track): FamilyOutcome["outcome"] {
	if (!changed) {
		return "unchanged";
	}
	return before === undefined || before.chains.length === 0 ? "created" : "replaced";
}

function changesOf(tracks: readonly Track[]) {
	return tracks
		.filter((track) => track.changed === true)
		.map(({ family, before }) => ({ family, before: before ?? nothing }));
}

function describeFailure(failed: readonly Track[], undone: readonly string[]): BackendError {
	const first = failed[0]?.failure;
	const reasons = failed.map(
		({ family, failure }) =>
			`${family}: ${failure?.message ?? "the table kept changing while it was being programmed"}`,
	);
	return new BackendError(first?.code ?? "refused", [...reasons, ...undone].join("; "));
}
