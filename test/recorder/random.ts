/** Choices that are the same on every run with the same seed. */
export interface Random {
	/** A whole number from `low` to `high`, both included. */
	between(low: number, high: number): number;
	chance(probability: number): boolean;
	pick<T>(items: readonly [T, ...T[]]): T;
	/** Several of them, each at most once, in random order. */
	some<T>(items: readonly T[], count: number): T[];
}

/** Mulberry32: 32 bits of state are plenty for test cases, and it is the same on every machine. */
export function createRandom(seed: number): Random {
	let state = seed >>> 0;
	const fraction = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const between = (low: number, high: number) => low + Math.floor(fraction() * (high - low + 1));
	return {
		between,
		chance: (probability) => fraction() < probability,
		pick: (items) => items[between(0, items.length - 1)] ?? items[0],
		some: (items, count) => {
			const left = [...items];
			return Array.from({ length: Math.min(count, left.length) }, () =>
				left.splice(between(0, left.length - 1), 1),
			).flat();
		},
	};
}
