import { harmless, harmlessLines } from "../domain/harmless.ts";
import { type Location, TemplateError } from "./template/template-error.ts";

/** Why a chart cannot be loaded or rendered. There is always one first reason: rendering stops at it. */
export interface ChartProblem {
	readonly message: string;
	/** The file, relative to where the chart's name is a folder; absent for what is in no file. */
	readonly file?: string;
	/** Counted from one. */
	readonly line?: number;
	/** Bytes before it in its line, as Go counts them. */
	readonly column?: number;
	/** The template expression. */
	readonly expression?: string;
	/** Where the template was included from, innermost first. */
	readonly includedAt?: readonly Location[];
	/** The message is the chart author's own, from `fail`. */
	readonly deliberate?: boolean;
}

export type ChartResult<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problem: ChartProblem };

/** Thrown inside of this module, and turned into a {@link ChartResult} at its face. */
export class ChartError extends Error {
	override readonly name = "ChartError";
	readonly problem: ChartProblem;

	constructor(problem: ChartProblem) {
		super(problem.message);
		this.problem = problem;
	}
}

/**
 * `demo/templates/a.yaml:3:7: <.Values.a.b>: nil pointer evaluating interface {}.b (included at …)`, in one line. What
 * the chart's author says to the user goes without the expression that says it.
 */
export function formatChartProblem(problem: ChartProblem): string {
	const { message, file, line, column, deliberate = false } = problem;
	const expression = deliberate ? undefined : problem.expression;
	const includedAt = deliberate ? [] : (problem.includedAt ?? []);
	const place = [file, line, column].filter((part) => part !== undefined).join(":");
	const trail = includedAt.map((at) => ` (included at ${at.file}:${at.line}:${at.column})`).join("");
	const before = (place && `${place}: `) + (expression === undefined ? "" : `<${expression}>: `);
	// A message may be of several lines; names and expressions are the user's.
	return harmless(before) + harmlessLines(message) + trail;
}

/** Runs what throws inside, and answers with a value outside. Errors of other kinds are bugs and pass through. */
export function attempt<T>(work: () => T): ChartResult<T> {
	try {
		return { ok: true, value: work() };
	} catch (error) {
		if (error instanceof ChartError) {
			return { ok: false, problem: error.problem };
		}
		if (error instanceof TemplateError) {
			return { ok: false, problem: problemOf(error) };
		}
		throw error;
	}
}

function problemOf({ message, location, expression, via, deliberate }: TemplateError): ChartProblem {
	return {
		message,
		...location,
		...(expression === undefined ? {} : { expression }),
		...(via.length === 0 ? {} : { includedAt: via }),
		...(deliberate ? { deliberate } : {}),
	};
}
