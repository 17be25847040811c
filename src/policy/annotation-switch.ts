import { fail, ok, type Result } from "../domain/problem.ts";
import { readTruth } from "../domain/truth.ts";

/** A truth value as flags take it, or `enabled` and `disabled` as the inject annotation has them. */
export function parseSwitch(text: string, source: string): Result<boolean> {
	const truth = text === "enabled" || text === "disabled" ? text === "enabled" : readTruth(text);
	return truth === undefined
		? fail({
				source,
				value: text,
				complaint: "is neither on nor off",
				accepted: "true or false (also enabled or disabled)",
			})
		: ok(truth);
}
