import type { BackendErrorCode } from "../backend/backend-error.ts";
import { describeAttempts } from "../backend/choice.ts";
import { type Trial, tryDialects } from "../backend/probe.ts";
import { existingTables } from "../backend/tables.ts";
import { badInput, reportFailure } from "../command/failure.ts";
import { enterNamedNetns } from "../command/netns.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmlessJson } from "../domain/harmless.ts";
import type { Dialect, Mode } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { asAsked } from "./as-asked.ts";
import { parseProbeOptions } from "./probe-options.ts";
import { makeProbeReport } from "./probe-report.ts";
import { enterTrialGround, leftTables } from "./trial-ground.ts";

/**
 * `shunt init --probe`: tries which dialects can be spoken here, takes everything back and prints what came of it as
 * JSON. The exit status says whether the mode asked for is among them.
 */
export function runProbe(host: Host, argv: readonly string[], program: string): ExitCode {
	const options = parseProbeOptions(argv, program);
	if (!options.ok) {
		return reportFailure(host, program, badInput(options.problems), "json");
	}
	const lost = enterNamedNetns(host, options.value.netns);
	if (lost !== undefined) {
		return reportFailure(host, program, lost, "json");
	}
	const ground = enterTrialGround(host);
	const before = existingTables(host);
	const trials = tryDialects(asAsked(host, options.value), options.value);
	const left = ground === "new" ? [] : leftTables(host, before);
	const attempts = attemptsOf(options.value.mode, trials);
	const isServed = attempts.some(({ failure }) => failure === undefined);
	const findings = { trials, isServed, ground, left };
	host.stdout(`${harmlessJson(makeProbeReport(host, options.value, findings))}\n`);
	return isServed ? exitCodes.done : explain(host, options.value.mode, { program, attempts, trials });
}

/** Those of the dialects that would do. */
function attemptsOf(mode: Mode, trials: readonly Trial[]): readonly Trial[] {
	return trials.filter(({ dialect }) => mode === "auto" || dialect === mode);
}

interface Verdict {
	readonly program: string;
	readonly attempts: readonly Trial[];
	readonly trials: readonly Trial[];
}

/** For people, on standard error. */
function explain(host: Host, mode: Mode, { program, attempts, trials }: Verdict): ExitCode {
	const failed = attempts.flatMap(({ dialect, failure }) => (failure ? [{ dialect, failure }] : []));
	host.log(`${program}: mode ${mode} cannot be used here: ${describeAttempts(failed)}`);
	const working = trials.filter(({ failure }) => failure === undefined).map(({ dialect }) => dialect);
	host.log(`${program}: ${workingSentence(working, trials)}`);
	return exitCodeOf(failed.map(({ failure }) => failure.code));
}

/** Of a mode whose trial came to no end nobody knows whether it would work. */
function workingSentence(working: readonly Dialect[], trials: readonly Trial[]): string {
	const untold = trials.flatMap(({ dialect, failure }) =>
		failure !== undefined && notAboutTheKernel.has(failure.code) ? [dialect] : [],
	);
	return working.length > 0
		? `modes that work here: ${working.join(", ")}`
		: untold.length > 0
			? `whether mode ${untold.join(", ")} works here is not known, since the trial came to no end`
			: "no mode works here";
}

const notAboutTheKernel: ReadonlySet<BackendErrorCode> = new Set(["no-answer", "crashed", "not-started"]);

/** A missing program says nothing about permission or about a tool that hangs, so the others' word counts. */
function exitCodeOf(codes: readonly BackendErrorCode[]): ExitCode {
	const telling = codes.filter((code) => code !== "missing-tool");
	if (telling.length > 0 && telling.every((code) => code === "not-permitted")) {
		return exitCodes.notPermitted;
	}
	return telling.some((code) => notAboutTheKernel.has(code)) ? exitCodes.failed : exitCodes.noDialect;
}
