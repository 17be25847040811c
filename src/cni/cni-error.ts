import { harmless } from "../domain/harmless.ts";
import { formatProblem, type Problem } from "../domain/problem.ts";

/**
 * The codes that the plugin answers with. Those below 100 are the specification's ("Error" in section 5 of SPEC.md) and, of
 * `invalidNetns` and `internal`, libcni's (pkg/types/types.go, ErrInvalidNetNS and ErrInternal); from 100 on they are ours.
 * Runtimes and scripts key on them: they do not change.
 */
export const errorCodes = {
	incompatibleVersion: 1,
	/** A key of our own block that nobody knows, and nothing else wrong. */
	unsupportedField: 2,
	invalidEnvironment: 4,
	ioFailure: 5,
	decodingFailure: 6,
	invalidConfig: 7,
	invalidNetns: 8,
	/** What is in the way goes by itself; the runtime tries again anyway. */
	tryAgain: 11,
	/** STATUS: pods that are meshed would fail now. */
	notAvailable: 50,
	/** The rules could not be made, and nothing was changed. */
	rulesNotMade: 100,
	/** CHECK: the rules are not what they should be. */
	drift: 101,
	/** What the pod, or the agent's file about it, says of its redirection has mistakes. */
	badPolicy: 102,
	/** A mistake of the plugin's own. */
	internal: 999,
} as const;

export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes];

/** Why a command fails, as the specification's error result has it. */
export class CniError extends Error {
	override readonly name = "CniError";
	readonly code: ErrorCode;
	/** Everything that there is to say beyond the message; the kubelet shows both. */
	readonly details: readonly string[];

	constructor(code: ErrorCode, message: string, details: readonly string[] = []) {
		super(message);
		this.code = code;
		this.details = details;
	}
}

/** All mistakes in one error: its message says the first, or how many there are, and its details say them all. */
export function mistakes(code: ErrorCode, subject: string, problems: readonly Problem[]): CniError {
	const sentences = problems.map(formatProblem);
	const [first = "", ...others] = sentences;
	return others.length === 0
		? new CniError(code, `${subject}: ${first}`)
		: new CniError(code, `${subject} has ${sentences.length} mistakes`, sentences);
}

/** The error result, one JSON object on one line. The text in it may come from anywhere and steers no terminal. */
export function formatError(error: CniError, cniVersion: string): string {
	const { code, message, details } = error;
	return JSON.stringify({
		cniVersion,
		code,
		msg: harmless(message),
		...(details.length > 0 ? { details: harmless(details.join("; ")) } : {}),
	});
}
