import { BackendError, type BackendErrorCode } from "../backend/backend-error.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmlessJson } from "../domain/harmless.ts";
import { formatProblem, type Problem } from "../domain/problem.ts";
import { type Host, HostError } from "../host/host.ts";

/** Of a result, for people or for programs. */
export type OutputFormat = "text" | "json";

/** The wish for JSON, read from arguments that have mistakes elsewhere. */
export function asksForJson(argv: readonly string[]): OutputFormat {
	return argv.some(
		(argument, index) =>
			argument === "--output=json" || (argument === "json" && argv[index - 1] === "--output"),
	)
		? "json"
		: "text";
}

/** Why a program ends without having done what it was asked. */
export interface Failure {
	readonly exitCode: ExitCode;
	readonly messages: readonly string[];
}

export function badInput(problems: readonly Problem[]): Failure {
	return { exitCode: exitCodes.badInput, messages: problems.map(formatProblem) };
}

/** Turns a failure of the environment into an exit status; anything else is a bug and goes on up. */
export function environmentFailure(error: unknown, where = ""): Failure {
	if (error instanceof HostError) {
		const exitCode = error.code === "not-permitted" ? exitCodes.notPermitted : exitCodes.failed;
		return { exitCode, messages: [`${where}${error.message}`] };
	}
	if (error instanceof BackendError) {
		return {
			exitCode: backendExitCodes[error.code],
			messages: [
				`${where}${error.message}`,
				...(error.code === "not-permitted" ? permissionAdvice(error) : []),
			],
		};
	}
	throw error;
}

/** The words are a pod's, since that is where permission is given. */
function permissionAdvice(error: BackendError): readonly string[] {
	const advice = lockAdvice(error);
	return advice.length > 0
		? advice
		: [
				"programming rules takes the capability NET_ADMIN, and by the tools of iptables-legacy NET_RAW too: list it under securityContext.capabilities.add",
			];
}

/** A read-only or missing /run is the usual case in a pod. */
export function lockAdvice({ obstacle }: BackendError): readonly string[] {
	return obstacle === "no-lock"
		? ["the xtables lock needs a writable /run: mount an emptyDir there, or set XTABLES_LOCKFILE"]
		: [];
}

/** What a dialect's failure comes to. */
export const backendExitCodes = {
	"missing-tool": exitCodes.noDialect,
	"not-permitted": exitCodes.notPermitted,
	refused: exitCodes.failed,
	"no-answer": exitCodes.failed,
	crashed: exitCodes.failed,
	"not-started": exitCodes.failed,
} as const satisfies Record<BackendErrorCode, ExitCode>;

/** Runs a program to its exit status, whatever the environment does to it: not even its result may get out. */
export function guard(host: Host, program: string, run: () => ExitCode): ExitCode {
	try {
		return run();
	} catch (error) {
		return reportFailure(host, program, environmentFailure(error), "text");
	}
}

/**
 * One line per message on standard error, where `kubectl describe` finds the last of them; as JSON also an object on
 * standard output for programs.
 */
export function reportFailure(host: Host, program: string, failure: Failure, output: OutputFormat): ExitCode {
	for (const message of failure.messages) {
		host.log(`${program}: ${message}`);
	}
	if (output === "json") {
		reportAsJson(host, program, failure);
	}
	return failure.exitCode;
}

/** That this cannot be delivered either does not make the failure another one. */
function reportAsJson(host: Host, program: string, { exitCode, messages }: Failure): void {
	try {
		host.stdout(`${harmlessJson({ exitCode, errors: messages })}\n`);
	} catch (error) {
		for (const message of environmentFailure(error).messages) {
			host.log(`${program}: ${message}`);
		}
	}
}
