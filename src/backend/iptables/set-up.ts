import type { Family } from "../../domain/family.ts";
import type { Mode } from "../../domain/mode.ts";
import type { Host } from "../../host/host.ts";
import { diff } from "../../plan/diff.ts";
import type { Plan } from "../../plan/plan.ts";
import type { FamilyOutcome, SetUpOptions } from "../backend.ts";
import { BackendError } from "../backend-error.ts";
import { observe } from "./observe.ts";
import { nothing, type OwnState, wantedOver, wantedState } from "./own-state.ts";
import { openToolbox, type Toolbox } from "./tools.ts";
import { transaction } from "./transaction.ts";
import { undo } from "./undo.ts";

/**
 * Makes every family hold exactly the plan.
 *
 * A fresh namespace needs one transaction per family and no look before: it creates our chains, and so fails
 * whole, with nothing changed, where they exist already. Only then is the table read, compared and, where it differs,
 * replaced. Others may be doing the same at the same moment, so a replacement is read back and, if need be, repeated.
 */
export function setUp(host: Host, mode: Mode, plan: Plan, options: SetUpOptions): FamilyOutcome[] {
	const tools = openToolbox(host, mode, plan.families, options);
	let tracks = plan.families.map((family): Track => ({ family, assumed: nothing }));
	for (let round = 0; round < maxRounds && tracks.some(isOpen); round++) {
		tracks = look(tools, plan, apply(tools, plan, tracks));
	}
	const failed = tracks.filter((track) => track.outcome === undefined);
	if (failed.length > 0) {
		throw describeFailure(failed, undo(tools, changesOf(tracks)));
	}
	return tracks.flatMap(({ family, outcome }) => (outcome === undefined ? [] : [{ family, outcome }]));
}

/** Each round is lost to at most one other program that changed the table meanwhile. */
const maxRounds = 8;

/** How far one family has come. */
interface Track {
	readonly family: Family;
	/** What we believe our part of the table to be. */
	readonly assumed: OwnState;
	/** What it was when we first looked; absent until we did. */
	readonly before?: OwnState;
	/** A transaction of ours has gone through since. */
	readonly changed?: boolean;
	readonly failure?: BackendError;
	readonly outcome?: FamilyOutcome["outcome"];
	readonly gaveUp?: boolean;
}

function isOpen(track: Track): boolean {
	return track.outcome === undefined && track.gaveUp !== true;
}

/** Sends each open family's transaction, all at once. */
function apply(tools: Toolbox, plan: Plan, tracks: readonly Track[]): Track[] {
	const open = tracks.filter(isOpen);
	const failures = tools.restore(
		open.map(({ family, assumed }) => ({
			family,
			input: transaction(assumed, wantedOver(assumed, wantedState(plan, family))),
		})),
	);
	return tracks.map((track) => {
		const index = open.indexOf(track);
		const failure = failures[index];
		if (index < 0) {
			return track;
		}
		if (failure !== undefined) {
			return { ...track, failure };
		}
		const { failure: _settled, ...rest } = track;
		return { ...rest, changed: true, ...(track.before === undefined ? { outcome: "created" } : {}) };
	});
}

/** Reads every family that is still open and decides whether it is done, lost, or due another round. */
function look(tools: Toolbox, plan: Plan, tracks: readonly Track[]): Track[] {
	const open = tracks.filter(isOpen);
	const states = tools.read(open.map((track) => track.family));
	return tracks.map((track) => {
		const state = states[open.indexOf(track)];
		return state === undefined ? track : judge(plan, track, state);
	});
}

function judge(plan: Plan, track: Track, state: OwnState | BackendError): Track {
	if (state instanceof BackendError) {
		return { ...track, gaveUp: true, failure: track.failure ?? state };
	}
	const before = track.before ?? state;
	if (diff(plan, track.family, observe(state)).length === 0) {
		return { ...track, before, outcome: track.changed === true ? "replaced" : "unchanged" };
	}
	const nobodyInterfered = track.failure !== undefined && sameState(state, track.assumed);
	return { ...track, before, assumed: state, gaveUp: nobodyInterfered };
}

function sameState(a: OwnState, b: OwnState): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
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
