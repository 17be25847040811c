import type { Paints } from "../src/cli/paint.ts";
import { type ExitCode, exitCodes } from "../src/domain/exit-code.ts";
import type { DialectResult } from "./demo.ts";

/** Every connection has to go as it should, and there has to be a dialect in which to try. */
export function exitCodeOf(results: readonly DialectResult[]): ExitCode {
	const { tried, wrong } = count(results);
	if (tried === 0) {
		return exitCodes.noDialect;
	}
	return wrong === 0 ? exitCodes.done : exitCodes.failed;
}

export function formatVerdict(results: readonly DialectResult[], paints: Paints): string {
	const { tried, wrong, modes } = count(results);
	if (tried === 0) {
		return paints.bad("No dialect can be used on this machine.");
	}
	return wrong === 0
		? paints.good(`All ${tried} connections went the way the plan says, in ${modes.join(", ")}.`)
		: paints.bad(`${wrong} of ${tried} connections did not go the way the plan says.`);
}

function count(results: readonly DialectResult[]) {
	const trials = results.flatMap((result) => result.trials);
	return {
		tried: trials.length,
		wrong: trials.filter((trial) => !trial.ok).length,
		modes: results.filter((result) => result.trials.length > 0).map((result) => result.mode),
	};
}
