import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { formatProblem, type Problem } from "../../domain/problem.ts";

/** Why there is nothing to explain. */
export interface Failed {
	readonly ok: false;
	readonly exitCode: ExitCode;
	readonly messages: readonly string[];
}

export function badInput(problems: readonly Problem[]): Failed {
	return { ok: false, exitCode: exitCodes.badInput, messages: problems.map(formatProblem) };
}
