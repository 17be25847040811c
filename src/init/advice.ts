import { BackendError } from "../backend/backend-error.ts";
import { workingDialects } from "../backend/probe.ts";
import { exitCodes } from "../domain/exit-code.ts";
import type { Family } from "../domain/family.ts";
import type { Dialect, Mode } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { environmentFailure, type Failure, lockAdvice } from "./failure.ts";

/**
 * What to tell a user whose mode did not work: the tool's own line, and what would. The other modes are tried, not
 * guessed. A mode that does pass the trial had some other trouble, and then the exit status is not "no dialect".
 */
export function setUpFailure(
	host: Host,
	error: unknown,
	asked: { readonly mode: Mode; readonly families: readonly Family[] },
): Failure {
	const failure = environmentFailure(error);
	if (!(error instanceof BackendError) || !worthTrying.has(error.code)) {
		return failure;
	}
	const working = workingDialects(host, asked.families);
	const isUsable = working.some((dialect) => dialect === asked.mode);
	return {
		exitCode: isUsable ? failure.exitCode : exitCodes.noDialect,
		messages: [
			...failure.messages.map((message) => `mode ${asked.mode}: ${message}`),
			...lockAdvice(error.message),
			...(isUsable ? [] : [`mode ${asked.mode} cannot be used here; ${alternatives(host, asked, working)}`]),
		],
	};
}

/** Without permission, or with a tool that hangs, no other mode would fare better. */
const worthTrying: ReadonlySet<string> = new Set(["missing-tool", "refused"]);

function alternatives(
	host: Host,
	{ mode, families }: { readonly mode: Mode; readonly families: readonly Family[] },
	working: readonly Dialect[],
): string {
	if (working.length > 0) {
		return `modes that work here: ${working.join(", ")} (for example --iptables-mode ${working[0]})`;
	}
	if (
		families.length > 1 &&
		workingDialects(host, ["ipv4"]).some((dialect) => dialect === mode || mode === "auto")
	) {
		return "IPv4 alone works: add --ipv6=false if this pod has no IPv6";
	}
	return "no mode works here";
}
