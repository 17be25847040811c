import { type ChartProblem, formatChartProblem } from "../../chart/index.ts";
import { formatRefusal } from "../../command/strict-command.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { formatProblem, type Problem } from "../../domain/problem.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import type { ReleaseWorld } from "../cluster/release-world.ts";

/** Ends a command with an exit status and a sentence on standard error, before anything went to standard output. */
export class Refusal extends Error {
	override readonly name = "Refusal";
	readonly status: ExitCode;
	/** Where it is mistakes of the user's, each of which is said for itself. */
	readonly problems: readonly Problem[];

	constructor(status: ExitCode, message: string, problems: readonly Problem[] = []) {
		super(message);
		this.status = status;
		this.problems = problems;
	}
}

export function badInput(problems: readonly Problem[]): Refusal {
	return new Refusal(exitCodes.badInput, problems.map(formatProblem).join("\n"), problems);
}

/** The chart's own words about values that do not fit, and what more there is that the chart has not said. */
export function badValues(problem: ChartProblem, further: readonly Problem[] = []): Refusal {
	const said = formatChartProblem(problem);
	const lines = further.map(formatProblem).filter((line) => !said.includes(line));
	return new Refusal(exitCodes.badInput, [said, ...lines].join("\n"));
}

/**
 * Runs a command's work; whatever refuses it is said, under the program's name, and nothing else is. Other errors are bugs
 * and pass through.
 */
export async function settle(
	world: ReleaseWorld,
	program: string,
	work: () => Promise<ExitCode>,
): Promise<ExitCode> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof Refusal) {
			const { message, problems, status } = error;
			world.stderr(problems.length > 0 ? formatRefusal(program, problems) : named(program, message));
			return status;
		}
		if (error instanceof ClusterError) {
			world.stderr(named(program, error.message));
			return error.code === "forbidden" || error.code === "unauthorized"
				? exitCodes.notPermitted
				: exitCodes.failed;
		}
		throw error;
	}
}

/** Each line under the program's name, but for what is listed below one. */
function named(program: string, message: string): string {
	return message
		.split("\n")
		.map((line) => (line.startsWith(" ") ? `${line}\n` : `${program}: ${line}\n`))
		.join("");
}

/** The whole of a command's output, once nothing can go wrong any more but the writing. */
export function deliver(world: ReleaseWorld, text: string): ExitCode {
	world.stdout(text);
	return exitCodes.done;
}
