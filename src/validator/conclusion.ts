import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import type { ProbeResult } from "./probe.ts";
import { isRequired, type Requirement } from "./requirement.ts";

export interface Conclusion {
	readonly exitCode: ExitCode;
	/** Why it is not good; empty when it is. */
	readonly errors: readonly string[];
}

export function concludeFrom(errors: readonly string[]): Conclusion {
	return { exitCode: errors.length === 0 ? exitCodes.done : exitCodes.validationFailed, errors };
}

/** Why what is proven is not enough. Where nothing could be tried nothing is, and that is a failure. */
export function shortcomings(results: readonly ProbeResult[], required: readonly Requirement[]): string[] {
	const failed = results.filter(({ outcome }) => outcome === "failed");
	const unproven = results.filter(({ outcome, isWanted }) => outcome === "unproven" && isWanted !== true);
	const outbound = results.filter(({ direction, topic }) => direction === "outbound" && topic === "redirect");
	const isNothingProven =
		!outbound.some(({ outcome }) => outcome !== "unproven") &&
		outbound.some(({ isWanted }) => isWanted !== true);
	return [
		...failed.map(formatResult),
		...unproven
			.filter((result) => isRequired(result, required))
			.map((result) => `required, but ${formatResult(result)}`),
		...(isNothingProven ? ["nothing is proven: no outbound connection could be tried"] : []),
	];
}

export function formatResult({ direction, family, outcome, text }: ProbeResult): string {
	return `${direction} ${family}: ${outcome === "unproven" ? "not provable here: " : ""}${text}`;
}
