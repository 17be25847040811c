import { guard, reportFailure } from "../command/failure.ts";
import { enterNamedNetns } from "../command/netns.ts";
import { wantsHelp, wantsVersion } from "../command/wants.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { formatProblem } from "../domain/problem.ts";
import { version } from "../domain/version.ts";
import { createNodeHost } from "../host/node.ts";
import { writeStandardError, writeStandardOutput } from "../host/node-streams.ts";
import { createLog, type Log } from "../serving/log.ts";
import type { StopSignal } from "../serving/stop-signals.ts";
import { type Conclusion, concludeFrom, logResult, shortcomings, writeJson } from "./conclusion.ts";
import { helpFor } from "./flags.ts";
import { type Environment, parseValidateOptions, type ValidateOptions } from "./options.ts";
import { tryPolicy } from "./policy-run.ts";
import type { ProbeResult } from "./probe.ts";

/**
 * `shunt validate`. Whatever goes wrong ends with 95, which is what the repair controller looks for, but for mistakes in
 * its arguments, such as a namespace that is not there.
 */
export async function runValidate(argv: readonly string[], program = "shunt validate"): Promise<ExitCode> {
	if (wantsHelp(argv)) {
		writeStandardOutput(helpFor(program));
		return exitCodes.done;
	}
	if (wantsVersion(program, argv)) {
		writeStandardOutput(`${version}\n`);
		return exitCodes.done;
	}
	const parsed = parseValidateOptions(argv, environment, program);
	if (!parsed.ok) {
		writeStandardError(parsed.problems.map((problem) => `${program}: ${formatProblem(problem)}\n`).join(""));
		return exitCodes.badInput;
	}
	const started = performance.now();
	const options = parsed.value;
	const host = createNodeHost();
	const lost = enterNamedNetns(host, options.netns);
	if (lost !== undefined) {
		const exitCode = lost.exitCode === exitCodes.badInput ? lost.exitCode : exitCodes.validationFailed;
		return reportFailure(host, program, { ...lost, exitCode }, options.output);
	}
	const log = createLog(options, { write: writeStandardError });
	const { results, conclusion } = await validateInTime(options, log);
	logResult(log, results, conclusion);
	const { exitCode } = conclusion;
	if (options.output !== "json") {
		return exitCode;
	}
	const delivered = guard(host, program, () => {
		writeJson(results, conclusion, Math.round(performance.now() - started));
		return exitCode;
	});
	// That nobody takes the reasons does not change what the repair controller looks for.
	return exitCode === exitCodes.done ? delivered : exitCode;
}

const environment: Environment = (name) => process.env[name];

interface Validation {
	readonly results: readonly ProbeResult[];
	readonly conclusion: Conclusion;
}

async function validateInTime(options: ValidateOptions, log: Log): Promise<Validation> {
	const watch = watchFor(options.timeout);
	try {
		const interrupted = watch.interrupted.then((what) => {
			const error =
				what === "timeout"
					? `Failed to validate networking configuration within ${options.timeout} ms`
					: `Killed by ${what}`;
			return failure(error);
		});
		return await Promise.race([interrupted, validate(options, log, watch)]);
	} catch (error) {
		return failure(error instanceof Error ? error.message : String(error));
	} finally {
		watch.end();
	}
}

async function validate(options: ValidateOptions, log: Log, watch: Watch): Promise<Validation> {
	for (const warning of options.warnings) {
		log.warn(warning);
	}
	const deadline = Date.now() + options.timeout;
	const { results, errors } = await provePolicy(options, log, { deadline, stop: watch.isInterrupted });
	if (errors.length === 0 && options.single !== undefined) {
		const { validateOnce } = await import("./single-connection.ts");
		await validateOnce(options.single.listen, options.single.connect, log);
	}
	return { results, conclusion: concludeFrom(errors) };
}

async function provePolicy(
	{ policy, neighbour, require }: ValidateOptions,
	log: Log,
	limits: { readonly deadline: number; readonly stop: () => boolean },
): Promise<{ readonly results: readonly ProbeResult[]; readonly errors: readonly string[] }> {
	if (policy === undefined) {
		return { results: [], errors: [] };
	}
	const { results, taken, failed } = await tryPolicy(policy, { neighbour, ...limits });
	if (taken.length > 0) {
		const ports = [...new Set(taken.map(({ port }) => port))].join(", ");
		log.info(
			`somebody listens already, the pod's proxy as a rule: connections are traced in the kernel's table`,
			{ ports },
		);
	}
	const unable = failed.map(({ family, port, code }) => `cannot listen on ${family} port ${port}: ${code}`);
	return { results, errors: [...unable, ...shortcomings(results, require)] };
}

function failure(error: string): Validation {
	return { results: [], conclusion: concludeFrom([error]) };
}

/** What can end a validation early. */
type Interruption = StopSignal | "timeout";

export interface Watch {
	readonly interrupted: Promise<Interruption>;
	readonly isInterrupted: () => boolean;
	/** Signals have their usual effect again. */
	end(): void;
}

const signals: readonly StopSignal[] = ["SIGTERM", "SIGINT"];

/** Listens for signals, and for the time to be up. */
export function watchFor(milliseconds: number, on: Pick<NodeJS.Process, "on" | "off"> = process): Watch {
	let isInterrupted = false;
	let report: (what: Interruption) => void = () => undefined;
	const interrupted = new Promise<Interruption>((resolve) => {
		report = (what) => {
			isInterrupted = true;
			resolve(what);
		};
	});
	const listeners = signals.map((signal) => ({ signal, listener: () => report(signal) }));
	for (const { signal, listener } of listeners) {
		on.on(signal, listener);
	}
	const timer = setTimeout(() => report("timeout"), milliseconds);
	return {
		interrupted,
		isInterrupted: () => isInterrupted,
		end: () => {
			clearTimeout(timer);
			for (const { signal, listener } of listeners) {
				on.off(signal, listener);
			}
		},
	};
}
