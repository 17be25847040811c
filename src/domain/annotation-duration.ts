import { fail, ok, type Result } from "./problem.ts";

/** proc_dointvec_jiffies multiplies by HZ (at most 1000) and refuses what does not fit an int. */
const maxSeconds = Math.floor((2 ** 31 - 1) / 1000);

const secondsIn: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** `30s`, `1m30s`, `2h` as Go programs write them, or a bare number of seconds; in whole seconds. */
export function parseSeconds(text: string, source: string): Result<number> {
	const value = /^\d{1,9}$/.test(text) ? Number(text) : sumOf(text);
	return value <= maxSeconds
		? ok(value)
		: fail({
				source,
				value: text,
				complaint: "is not a valid time",
				accepted: `whole seconds such as 30 or 30s, minutes and hours such as 1m30s, up to ${maxSeconds}s`,
			});
}

function sumOf(text: string): number {
	if (!/^(?:\d{1,6}h)?(?:\d{1,8}m)?(?:\d{1,9}s)?$/.test(text) || text === "") {
		return Number.NaN;
	}
	return [...text.matchAll(/(\d+)([hms])/g)].reduce(
		(sum, [, amount, unit = ""]) => sum + Number(amount) * (secondsIn[unit] ?? 0),
		0,
	);
}
