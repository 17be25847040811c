import type { GoMap, Value } from "./value.ts";

/**
 * Go compares strings byte by byte. In UTF-8 that is the order of code points; UTF-16's own order differs for
 * characters beyond U+FFFF, whose surrogates sort before U+E000.
 */
export function compareStrings(a: string, b: string): number {
	const length = Math.min(a.length, b.length);
	for (let i = 0; i < length; i++) {
		const x = a.charCodeAt(i);
		const y = b.charCodeAt(i);
		if (x !== y) {
			return rank(x) - rank(y);
		}
	}
	return a.length - b.length;
}

/** Lifts surrogates above everything else, keeping their own order. */
function rank(unit: number): number {
	return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** A map's entries in the order in which Go's templates, fmt and encoding/json visit them. */
export function sortedEntries(map: GoMap): [string, Value][] {
	return [...map.entries].sort(([a], [b]) => compareStrings(a, b));
}
