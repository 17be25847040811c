import { writeStandardOutput } from "../host/node-streams.ts";
import type { Log } from "../serving/log.ts";
import { type Conclusion, formatProof } from "./conclusion.ts";
import type { Proof } from "./probe.ts";

/** One line for each thing that was found out, then what follows from it. */
export function logResult(log: Log, proofs: readonly Proof[], { errors }: Conclusion): void {
	for (const proof of proofs.filter(({ outcome }) => outcome !== "failed")) {
		const write = proof.isMoot === true ? log.debug : log.info;
		write(formatProof(proof), proof.rule === undefined ? {} : { rule: proof.rule });
	}
	for (const error of errors) {
		log.error(error);
	}
	if (errors.length === 0) {
		log.info("Validated");
	} else if (proofs.some(({ outcome }) => outcome === "failed")) {
		log.error(advice);
	}
}

const advice =
	'"shunt status" lists the rules that are there; where the CNI plugin makes them, its log on the node says what became of them';

/** One object on standard output, for programs. */
export function writeJson(
	proofs: readonly Proof[],
	{ exitCode, errors }: Conclusion,
	milliseconds: number,
): void {
	const result = { exitCode, validated: errors.length === 0, milliseconds, proofs, errors };
	writeStandardOutput(`${JSON.stringify(result)}\n`);
}
