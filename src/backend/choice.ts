import type { Dialect, Mode } from "../domain/mode.ts";
import type { Via } from "../domain/transport.ts";
import type { Host } from "../host/host.ts";
import type { Drift } from "../rules/diff.ts";
import type { Plan } from "../rules/plan.ts";
import type { FamilyOutcome, SetUpOptions, SetUpResult } from "./backend.ts";
import { BackendError, joinKnown } from "./backend-error.ts";
import { autoOrder, backendOf } from "./backends.ts";
import { dialectsInUse } from "./tables.ts";

/** What came of setting up in a mode. */
export interface Choice {
	readonly dialect: Dialect;
	/** Who has made the rules. */
	readonly via: Via;
	readonly outcomes: readonly FamilyOutcome[];
	/** As in {@link SetUpResult}. */
	readonly changed?: readonly Drift[] | undefined;
	/** The dialects that did not work, in the order in which they were tried. */
	readonly tried: readonly Attempt[];
}

export interface Attempt {
	readonly dialect: Dialect;
	readonly failure: BackendError;
}

export interface ChoiceOptions extends Omit<SetUpOptions, "whileRunning"> {
	/** As in {@link SetUpOptions}, for each dialect that is tried. */
	readonly whileRunning?: (dialect: Dialect) => void;
}

/**
 * Sets up in the dialect that the mode names, or, for `auto`, in the first that works here. The attempt itself is the
 * trial, so `auto` never picks what then fails, and costs nothing more where its first try works.
 */
export function setUpInMode(host: Host, mode: Mode, plan: Plan, options: ChoiceOptions): Choice {
	if (mode !== "auto") {
		const { via, families: outcomes, changed } = setUp(host, mode, plan, options);
		return { dialect: mode, via, outcomes, changed, tried: [] };
	}
	const inUse = dialectsInUse(host);
	const tried: Attempt[] = [];
	for (const dialect of [
		...autoOrder.filter((one) => inUse.has(one)),
		...autoOrder.filter((one) => !inUse.has(one)),
	]) {
		const attempt = trySetUp(host, dialect, plan, options);
		if (!(attempt instanceof BackendError)) {
			const { via, families: outcomes, changed } = attempt;
			return { dialect, via, outcomes, changed, tried };
		}
		tried.push({ dialect, failure: attempt });
	}
	throw new BackendError(
		codeOf(tried),
		describeAttempts(tried),
		joinKnown(tried.map(({ failure }) => failure)),
	);
}

/** `nft: kernel has no nf_tables (…) → legacy: …`, for the log and for errors. */
export function describeAttempts(tried: readonly Attempt[]): string {
	return tried.map(({ dialect, failure }) => `${dialect}: ${failure.message}`).join(" → ");
}

function setUp(host: Host, dialect: Dialect, plan: Plan, options: ChoiceOptions): SetUpResult {
	return backendOf(dialect).setUp(host, plan, {
		...options,
		whileRunning: () => options.whileRunning?.(dialect),
	});
}

function trySetUp(
	host: Host,
	dialect: Dialect,
	plan: Plan,
	options: ChoiceOptions,
): SetUpResult | BackendError {
	try {
		return setUp(host, dialect, plan, options);
	} catch (error) {
		// Only what says something about the dialect leads on to the next; a tool that hangs would hang there too, and a
		// system that starts no more programs starts none there.
		if (error instanceof BackendError && error.code !== "no-answer" && error.code !== "not-started") {
			return error;
		}
		throw error;
	}
}

/** Want of permission is what to report when it stopped every dialect that is installed. */
function codeOf(tried: readonly Attempt[]): BackendError["code"] {
	const codes = tried.map(({ failure }) => failure.code).filter((code) => code !== "missing-tool");
	const [first = "missing-tool"] = codes;
	return codes.every((code) => code === first) ? first : "refused";
}
