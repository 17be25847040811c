import { fail, ok, type Result } from "../domain/problem.ts";

const units: Readonly<Record<string, number>> = {
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
};

/** What Node's timers can count, 24 days and a bit. */
const longest = 2 ** 31 - 1;

/** The reference validator's form: a whole number with its unit, or 0. In milliseconds. */
export function parseTimeout(text: string, source: string): Result<number> {
	const [, amount = "", unit = ""] = /^(\d{1,12})(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
	const value = unit === "" && Number(amount) === 0 ? 0 : Number(amount) * (units[unit] ?? Number.NaN);
	const accepted =
		"a whole number with its unit (ms, s, m, h or d), such as 500ms or 10s, of 24 days at most";
	return amount !== "" && value <= longest
		? ok(value)
		: fail({ source, value: text, complaint: "is not a time", accepted });
}
