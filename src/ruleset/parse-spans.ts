import type { Span } from "./ruleset.ts";

/** `80`, `80:90` or `80-90`; undefined for anything else. */
export function parseSpan(text: string, largest: number): Span | undefined {
	const [, low, high] = /^(\d{1,10})(?:[-:](\d{1,10}))?$/.exec(text) ?? [];
	if (low === undefined) {
		return undefined;
	}
	const span = { low: Number(low), high: Number(high ?? low) };
	return span.low <= span.high && span.high <= largest ? span : undefined;
}

/** All of a comma-separated list, or undefined. */
export function parseSpans(text: string, largest: number): Span[] | undefined {
	const spans = text.split(",").map((item) => parseSpan(item, largest));
	return spans.every((span) => span !== undefined) ? spans : undefined;
}

export const largestPort = 65_535;
export const largestId = 4_294_967_295;
