export interface Summary {
	readonly median: number;
	readonly min: number;
	readonly max: number;
}

export function summarize(values: readonly number[]): Summary {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
	return {
		median: (low + high) / 2,
		min: sorted[0] ?? Number.NaN,
		max: sorted.at(-1) ?? Number.NaN,
	};
}

/** The value that so many per cent of them do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * How many times as much `theirs` took as `ours`: the median over the rounds, in each of which one ran shortly after
 * the other. What else the machine does from one minute to the next falls out of it.
 */
export function medianRatio(theirs: readonly number[], ours: readonly number[]): number {
	return summarize(
		ours.flatMap((value, round) => {
			const other = theirs[round];
			return other === undefined ? [] : [other / value];
		}),
	).median;
}
