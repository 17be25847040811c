/** An item of one list and the item of another that it corresponds to. */
export interface Pair {
	readonly from: number;
	readonly to: number;
	readonly weight: number;
}

/** The heaviest choice of pairs that do not cross. They come sorted by `from`, each position in one pair at most. */
export function longestInOrder(pairs: readonly Pair[]): Pair[] {
	const chains: Chain[] = [];
	for (const pair of pairs) {
		const before = heaviest(chains.filter((chain) => chain.pair.to < pair.to));
		chains.push({ pair, before, weight: pair.weight + (before?.weight ?? 0) });
	}
	return pairsOf(heaviest(chains));
}

interface Chain {
	readonly pair: Pair;
	readonly before: Chain | undefined;
	readonly weight: number;
}

function heaviest(chains: readonly Chain[]): Chain | undefined {
	return chains.reduce<Chain | undefined>(
		(best, chain) => (chain.weight > (best?.weight ?? 0) ? chain : best),
		undefined,
	);
}

function pairsOf(chain: Chain | undefined): Pair[] {
	const pairs: Pair[] = [];
	for (let link = chain; link !== undefined; link = link.before) {
		pairs.unshift(link.pair);
	}
	return pairs;
}
