import { isDigit, isLetter } from "../go/rune.ts";

/**
 * The order in which go-yaml v2 writes a map's keys: by character, but letters after everything else and runs of
 * digits by their number, so that `item2` comes before `item10`.
 */
export function compareKeys(a: string, b: string): number {
	const common = Math.min(a.length, b.length);
	for (let i = 0; i < common; i++) {
		const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
		if (x !== y) {
			return isAsciiLetter(x) && isAsciiLetter(y) ? x - y : compareSlowly(Array.from(a), Array.from(b));
		}
	}
	return a.length - b.length;
}

function isAsciiLetter(unit: number): boolean {
	return (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
}

function compareSlowly(x: readonly string[], y: readonly string[]): number {
	return compareFrom(
		x,
		y,
		x.findIndex((char, i) => char !== y[i]),
	);
}

/** The first difference is at `i`. */
function compareFrom(x: readonly string[], y: readonly string[], i: number): number {
	const [p = "", q = ""] = [x[i], y[i]];
	if (isLetter(p) !== isLetter(q)) {
		return isLetter(p) ? 1 : -1;
	}
	return (isLetter(p) ? 0 : compareNumbers(x, y, i)) || comparePoints(p, q);
}

/** Zero where the two do not differ as numbers. */
function compareNumbers(x: readonly string[], y: readonly string[], i: number): number {
	const lead = (x[i] === "0" || y[i] === "0") && continuesNumber(x, i) ? 1n : 0n;
	const m = digitsAt(x, i);
	const n = digitsAt(y, i);
	const difference = numberFrom(lead, m) - numberFrom(lead, n);
	return difference === 0n ? m.length - n.length : difference < 0n ? -1 : 1;
}

/** True where a digit other than zero stands before, so that a zero here is not a leading one. */
function continuesNumber(x: readonly string[], i: number): boolean {
	for (let j = i - 1; j >= 0 && isDigit(x[j] ?? ""); j--) {
		if (x[j] !== "0") {
			return true;
		}
	}
	return false;
}

function digitsAt(x: readonly string[], i: number): readonly string[] {
	let end = i;
	while (isDigit(x[end] ?? "")) {
		end++;
	}
	return x.slice(i, end);
}

/** An int64; digits of other scripts count by their distance from "0", which is what go-yaml does. */
function numberFrom(lead: bigint, digits: readonly string[]): bigint {
	return digits.reduce(
		(sum, digit) => BigInt.asIntN(64, sum * 10n + BigInt(comparePoints(digit, "0"))),
		lead,
	);
}

function comparePoints(p: string, q: string): number {
	return (p.codePointAt(0) ?? 0) - (q.codePointAt(0) ?? 0);
}
