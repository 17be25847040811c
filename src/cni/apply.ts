import { BackendError } from "../backend/backend-error.ts";
import { type Choice, describeAttempts, setUpInMode } from "../backend/choice.ts";
import { type Removal, removeStaleRules } from "../backend/stale-rules.ts";
import { lockAdvice } from "../command/failure.ts";
import type { Mode } from "../domain/mode.ts";
import { type Host, HostError } from "../host/host.ts";
import { driftInWords } from "../rules/diff.ts";
import type { Plan } from "../rules/plan.ts";
import { CniError, type ErrorCode, errorCodes } from "./cni-error.ts";

export interface Applied {
	readonly choice: Choice;
	/** Of earlier runs in other dialects. */
	readonly removal: Removal;
	readonly milliseconds: number;
}

/**
 * Makes this network namespace hold the plan, or leaves it as it was and throws a {@link CniError}. Again, or beside
 * another who does the same, it comes to the same rules once.
 */
export function applyPlan(host: Host, mode: Mode, plan: Plan): Applied {
	const started = host.now();
	let choice: Choice;
	try {
		// A lock that another program holds for a moment is no reason to fail a pod.
		choice = setUpInMode(host, mode, plan, { wait: true, counters: false });
	} catch (error) {
		throw failureOf(error, mode, "the rules could not be made");
	}
	return {
		choice,
		removal: removeStaleRules(host, choice.dialect, plan.families),
		milliseconds: Math.round((host.now() - started) * 10) / 10,
	};
}

/** What an error of the environment is to a runtime; anything else is a bug and goes on up. */
export function failureOf(error: unknown, mode: Mode, subject: string): unknown {
	if (error instanceof BackendError) {
		return new CniError(codeOf(error), `${subject} (mode ${mode}): ${error.message}`, [
			"nothing was changed",
			...lockAdvice(error),
			...adviceFor(error),
		]);
	}
	return error instanceof HostError
		? new CniError(errorCodes.rulesNotMade, `${subject}: ${error.message}`, ["nothing was changed"])
		: error;
}

/** What lacks memory, processes or a lock may have it the next time. */
function codeOf({ code }: BackendError): ErrorCode {
	return code === "no-answer" || code === "not-started" ? errorCodes.tryAgain : errorCodes.rulesNotMade;
}

function adviceFor({ code }: BackendError): string[] {
	switch (code) {
		case "missing-tool":
			return ["install the tool on the node, set binDir to where it is, or choose another mode"];
		case "not-permitted":
			return ["the runtime has to run the plugin as root with CAP_NET_ADMIN and CAP_SYS_ADMIN"];
		case "refused":
			return ["another mode may work on this node: shunt init --probe tells which"];
		default:
			return [];
	}
}

/** One line: what was done, in which mode, how long it took. */
export function describeApplied({ choice, removal, milliseconds }: Applied): string {
	const done = choice.outcomes.map(({ family, outcome }) => `${family} ${outcome}`).join(", ");
	const tried = choice.tried.length === 0 ? "" : `, after ${describeAttempts(choice.tried)}`;
	const removed = removal.stale
		.filter(({ failure }) => failure === undefined)
		.map(({ dialect, scope }) => `, removed the ${scope} rules of an earlier run in mode ${dialect}`);
	const changed = (choice.changed ?? []).map(
		(drift) => `, somebody had changed them: ${driftInWords(drift)}`,
	);
	return `rules: ${done} (mode ${choice.dialect}${tried})${removed.join("")}${changed.join("")}, in ${milliseconds} ms`;
}
