import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import type { Proof } from "./probe.ts";
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
export function shortcomings(proofs: readonly Proof[], required: readonly Requirement[]): string[] {
	const failed = proofs.filter(({ outcome }) => outcome === "failed");
	const unproven = proofs.filter(({ outcome, isWanted }) => outcome === "unproven" && isWanted !== true);
	const outbound = proofs.filter(({ direction, topic }) => direction === "outbound" && topic === "redirect");
	const isNothingProven =
		!outbound.some(({ outcome }) => outcome !== "unproven") &&
		outbound.some(({ isWanted }) => isWanted !== true);
	return [
		...failed.map(formatProof),
		...unproven
			.filter((proof) => isRequired(proof, required))
			.map((proof) => `required, but ${formatProof(proof)}`),
		...(isNothingProven ? ["nothing is proven: no outbound connection could be tried"] : []),
	];
}

export function formatProof({ direction, family, outcome, text }: Proof): string {
	return `${direction} ${family}: ${outcome === "unproven" ? "not provable here: " : ""}${text}`;
}
