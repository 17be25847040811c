import { err, ok, type Result } from "./problem.ts";

/** What a whole number stands for, and what to say when it is not one. */
interface WholeNumber {
	readonly source: string;
	/** As in "is not a valid …". */
	readonly noun: string;
	readonly min: number;
	readonly max: number;
	/** Overrides the default "a whole number from MIN to MAX". */
	readonly accepted?: string;
}

/**
 * Decimal digits only, with a minus sign where `min` is negative: the one way in which the number itself would be
 * written (for limits below 10^21, from where on that has an exponent). Leading zeros are refused: "010" is ten to some
 * programs and eight to others, and a firewall is no place to guess.
 */
export function parseWholeNumber(text: string, what: WholeNumber): Result<number> {
	const value = Number(text);
	if (value >= what.min && value <= what.max && Number.isInteger(value) && String(value) === text) {
		return ok(value);
	}
	return err({
		source: what.source,
		value: text,
		complaint: `is not a valid ${what.noun}`,
		accepted: what.accepted ?? `a whole number from ${what.min} to ${what.max}`,
	});
}

/** An inclusive range of whole numbers, `low` at most `high`; a single one has both equal. */
export interface Span {
	readonly low: number;
	readonly high: number;
}
