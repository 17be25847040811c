import { err, ok, type Result } from "./problem.ts";

const yes: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const no: ReadonlySet<string> = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** The spellings of Go's strconv.ParseBool, which the reference program takes; undefined for every other. */
export function readTruth(text: string): boolean | undefined {
	return yes.has(text) || no.has(text) ? yes.has(text) : undefined;
}

export function parseBoolean(text: string, source: string): Result<boolean> {
	const truth = readTruth(text);
	return truth === undefined
		? err({ source, value: text, complaint: "is not a truth value", accepted: "true or false" })
		: ok(truth);
}
