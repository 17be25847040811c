import { ChartError, type ChartProblem, type ChartResult } from "./result.ts";
import { TemplateError } from "./template/template-error.ts";

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
