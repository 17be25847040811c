import { parseWholeNumber } from "./number.ts";
import { err, ok, type Result } from "./problem.ts";

/** Go's units (time.ParseDuration, https://pkg.go.dev/time#ParseDuration), and days. In milliseconds. */
const units: ReadonlyMap<string, number> = new Map([
	["ns", 1e-6],
	["us", 1e-3],
	// The micro sign and the Greek letter, as in Go.
	["\u00b5s", 1e-3],
	["\u03bcs", 1e-3],
	["ms", 1],
	["s", 1000],
	["m", 60_000],
	["h", 3_600_000],
	["d", 86_400_000],
]);

const part = /(\d{1,18}\.?\d{0,9}|\.\d{1,9})(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d)/gu;
const whole = new RegExp(`^(?:${part.source})+$`, "u");

/** Node's timers count milliseconds in 31 bits, a little more than 24 days. */
const mostDays = 24;
const mostMs = mostDays * 86_400_000;

const spellings = "a number with its unit, such as 500ms, 10s, 1m30s, 1h or 1d";

/** `500ms`, `10s`, `1h30m`, as Go programs write them, or `0`; in milliseconds. */
export function parseDuration(text: string, source: string, leastMs = 0): Result<number> {
	const value = millisecondsOf(text);
	if (value >= leastMs && value <= mostMs) {
		return ok(value);
	}
	const accepted = `${spellings}, from ${leastMs}ms to ${mostDays}d`;
	return err({ source, value: text, complaint: "is not a valid duration", accepted });
}

/** proc_dointvec_jiffies multiplies by HZ (at most 1000) and refuses what does not fit an int. */
export const mostSeconds = Math.floor((2 ** 31 - 1) / 1000);

/** What is counted in seconds: a bare number of them, or a duration that comes to whole ones. */
export function parseSeconds(text: string, source: string): Result<number> {
	const bare = parseWholeNumber(text, { source, noun: "time", min: 0, max: mostSeconds });
	const value = bare.ok ? bare.value : millisecondsOf(text) / 1000;
	if (Number.isInteger(value) && value <= mostSeconds) {
		return ok(value);
	}
	const accepted = `whole seconds such as 30 or 30s, minutes and hours such as 1m30s, up to ${mostSeconds}s`;
	return err({ source, value: text, complaint: "is not a valid time", accepted });
}

/** NaN for what is no duration. */
function millisecondsOf(text: string): number {
	if (text === "0") {
		return 0;
	}
	if (!whole.test(text)) {
		return Number.NaN;
	}
	const sum = [...text.matchAll(part)].reduce(
		(before, [, amount, unit = ""]) => before + Number(amount) * (units.get(unit) ?? Number.NaN),
		0,
	);
	// Of 1.1 s, binary fractions make a little more than 1100 ms.
	return Math.round(sum * 1e6) / 1e6;
}
