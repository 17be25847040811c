import { type ChartProblem, formatChartProblem } from "../../chart/index.ts";
import { formatRefusal } from "../../command/strict-command.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { formatProblem, type Problem } from "../../domain/problem.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import { type ClusterAddress, connectCluster } from "../../kube/connect-cluster.ts";
import { parseRequestTimeout } from "../cluster/cluster-flags.ts";
import { type ReleaseIo, reportIfSlow } from "../io.ts";

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
	// The chart finds some of it too, and knows less about it.
	const isKnownBetter = (line: string) =>
		further.some(
			({ source, accepted }) => line.includes(`${source}: `) && line.endsWith(`(want ${accepted})`),
		);
	const said = formatChartProblem(problem)
		.split("\n")
		.filter((line) => !isKnownBetter(line));
	return new Refusal(exitCodes.badInput, [...said, ...further.map(formatProblem)].join("\n"));
}

/**
 * Runs a command's work; whatever refuses it is said, under the program's name, and nothing else is. Other errors are bugs
 * and pass through.
 */
export async function settle(
	io: ReleaseIo,
	program: string,
	work: () => Promise<ExitCode>,
): Promise<ExitCode> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof Refusal) {
			const { message, problems, status } = error;
			io.stderr(problems.length > 0 ? formatRefusal(program, problems) : named(program, message));
			return status;
		}
		if (error instanceof ClusterError) {
			io.stderr(named(program, error.message));
			return error.code === "forbidden" || error.code === "unauthorized"
				? exitCodes.notPermitted
				: exitCodes.failed;
		}
		throw error;
	}
}

/**
 * The cluster that flags and environment name; undefined where nothing names one. Throws a Refusal for what is wrong with
 * them, what is known to be wrong already in it.
 */
export async function connect(
	flags: ClusterAddress,
	{ env }: Pick<ReleaseIo, "env">,
	known: readonly Problem[] = [],
): Promise<Cluster | undefined> {
	const cluster = await connectCluster(flags, env);
	const problems = [...known, ...(cluster.ok ? [] : cluster.problems)];
	if (!cluster.ok || problems.length > 0) {
		throw badInput(problems);
	}
	return cluster.value;
}

/** The same where none is to be asked: what the flags say of one has to be right all the same. */
export function unconnected({ requestTimeout }: ClusterAddress): undefined {
	const timeout = parseRequestTimeout(requestTimeout, "--request-timeout");
	if (!timeout.ok) {
		throw badInput(timeout.problems);
	}
	return undefined;
}

/** The same for what cannot be done without one; then it is said why. */
export function required(cluster: Cluster | undefined, why: string): Cluster {
	if (cluster === undefined) {
		throw new Refusal(exitCodes.failed, why);
	}
	return cluster;
}

/** Says what is waited for, where a cluster takes longer than anybody would believe that nothing is wrong. */
export function patiently<T>(
	{ server }: Cluster,
	io: Pick<ReleaseIo, "stderr">,
	work: () => Promise<T>,
): Promise<T> {
	return reportIfSlow(() => io.stderr(`still asking ${server} …\n`), work);
}

/** Each line under the program's name, but for what is listed below one. The first may begin with a file's blank. */
function named(program: string, message: string): string {
	return message
		.split("\n")
		.map((line, index) => (index > 0 && line.startsWith(" ") ? `${line}\n` : `${program}: ${line}\n`))
		.join("");
}

/** The whole of a command's output, once nothing can go wrong any more but the writing. */
export function deliver(io: ReleaseIo, text: string): ExitCode {
	io.stdout(text);
	return exitCodes.done;
}
