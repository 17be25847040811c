import { harmless } from "./harmless.ts";

/**
 * One mistake in what the user gave us. Mistakes are values, never exceptions, so that a run can report all
 * of them together before anything is touched.
 */
export interface Problem {
	/** Where the value came from: a flag, an annotation, a file. */
	readonly source: string;
	/** The value exactly as it was given; absent where nothing was given. */
	readonly value?: string;
	/** What is wrong with it: lower case, no full stop, reads on from the value. */
	readonly complaint: string;
	/** The accepted form. */
	readonly accepted: string;
}

/** Either a value, or every reason why there is none. */
export type Result<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problems: readonly Problem[] };

export function ok<T>(value: T): Result<T> {
	return { ok: true, value };
}

export function err(...problems: readonly Problem[]): Result<never> {
	return { ok: false, problems };
}

/** All values, or all problems of all failures, in order. */
export function all<T>(results: readonly Result<T>[]): Result<T[]> {
	const values: T[] = [];
	const problems: Problem[] = [];
	for (const result of results) {
		if (result.ok) {
			values.push(result.value);
		} else {
			problems.push(...result.problems);
		}
	}
	return problems.length > 0 ? err(...problems) : ok(values);
}

/** `--skip: "80-20" is not a port range (want LOW-HIGH with LOW at most HIGH, each 1-65535)` */
export function formatProblem(problem: Problem): string {
	const subject = problem.value === undefined ? "" : `${JSON.stringify(problem.value)} `;
	return harmless(`${problem.source}: ${subject}${problem.complaint} (want ${problem.accepted})`);
}
