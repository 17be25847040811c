import { writeStandardOutput } from "../host/node-streams.ts";
import type { Log } from "../serving/log.ts";
import { type Conclusion, formatResult } from "./conclusion.ts";
import type { ProbeResult } from "./probe.ts";

/** One line for each thing that was found out, then what follows from it. */
export function logResult(log: Log, results: readonly ProbeResult[], { errors }: Conclusion): void {
	for (const result of results.filter(({ outcome }) => outcome !== "failed")) {
		const write = result.isMoot === true ? log.debug : log.info;
		write(formatResult(result), result.rule === undefined ? {} : { rule: result.rule });
	}
	for (const error of errors) {
		log.error(error);
	}
	if (errors.length === 0) {
		log.info("Validated");
	} else if (results.some(({ outcome }) => outcome === "failed")) {
		log.error(advice);
	}
}

const advice =
	'"shunt status" lists the rules that are there; where the CNI plugin makes them, its log on the node says what became of them';

/** One object on standard output, for programs. */
export function writeJson(
	results: readonly ProbeResult[],
	{ exitCode, errors }: Conclusion,
	milliseconds: number,
): void {
	const report = { exitCode, validated: errors.length === 0, milliseconds, proofs: results, errors };
	writeStandardOutput(`${JSON.stringify(report)}\n`);
}
