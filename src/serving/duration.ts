import { fail, ok, type Result } from "../domain/problem.ts";

const units: ReadonlyMap<string, number> = new Map([
	["ms", 1],
	["s", 1000],
	["m", 60_000],
	["h", 3_600_000],
]);

/** Node's timers count milliseconds in 31 bits, a little more than 24 days. */
const maxHours = 24 * 24;

/** `500ms`, `10s`, `1h30m`, as Go programs write them, or `0`; in milliseconds. */
export function parseDuration(text: string, source: string, leastMs = 0): Result<number> {
	const value = /^(?:0|(?:\d{1,10}(?:\.\d{1,9})?(?:ms|s|m|h))+)$/.test(text) ? sumOf(text) : Number.NaN;
	if (value >= leastMs && value <= maxHours * 3_600_000) {
		return ok(value);
	}
	const accepted = `a time such as 500ms, 10s, 5m or 1h30m, from ${leastMs}ms to ${maxHours}h`;
	return fail({ source, value: text, complaint: "is not a valid duration", accepted });
}

function sumOf(text: string): number {
	return [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)]
		.map(([, amount, unit = ""]) => Number(amount) * (units.get(unit) ?? 0))
		.reduce((sum, part) => sum + part, 0);
}
