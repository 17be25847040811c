import { BackendError } from "../backend/backend-error.ts";
import { type Trial, type TrialRules, tryDialects } from "../backend/probe.ts";
import { environmentFailure, type Failure, lockAdvice } from "../command/failure.ts";
import { exitCodes } from "../domain/exit-code.ts";
import type { Dialect, Mode } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";

/**
 * What to tell a user whose mode did not work: the tool's own line, and what would. The other modes are tried, not
 * guessed. A mode that does pass the trial had some other trouble, and then the exit status is not "no dialect".
 */
export function setUpFailure(
	host: Host,
	error: unknown,
	asked: TrialRules & { readonly mode: Mode },
): Failure {
	const failure = environmentFailure(error);
	if (!(error instanceof BackendError) || !worthTrying.has(error.code)) {
		return failure;
	}
	const trials = tryDialects(host, asked);
	const working = workingOf(trials);
	const found = trials.find(({ dialect }) => dialect === asked.mode)?.failure?.message;
	const isUsable = working.some((dialect) => dialect === asked.mode);
	return {
		exitCode: isUsable || error.code === "crashed" ? failure.exitCode : exitCodes.noDialect,
		messages: [
			...failure.messages.map((message) => `mode ${asked.mode}: ${message}`),
			...(found?.includes("owner match") === true ? [`mode ${asked.mode}: ${found}`] : []),
			...lockAdvice(error.message),
			...(isUsable ? [] : [`mode ${asked.mode} cannot be used here; ${alternatives(host, asked, working)}`]),
		],
	};
}

/** Without permission, or with a tool that hangs, no other mode would fare better. */
const worthTrying: ReadonlySet<string> = new Set(["missing-tool", "refused", "crashed"]);

function workingOf(trials: readonly Trial[]): Dialect[] {
	return trials.filter(({ failure }) => failure === undefined).map(({ dialect }) => dialect);
}

function alternatives(
	host: Host,
	{ mode, families, uid }: TrialRules & { readonly mode: Mode },
	working: readonly Dialect[],
): string {
	if (working.length > 0) {
		return `modes that work here: ${working.join(", ")} (for example --iptables-mode ${working[0]})`;
	}
	if (
		families.length > 1 &&
		workingOf(tryDialects(host, { families: ["ipv4"], uid })).some(
			(dialect) => dialect === mode || mode === "auto",
		)
	) {
		return "IPv4 alone works: add --ipv6=false if this pod has no IPv6";
	}
	return "no mode works here";
}
