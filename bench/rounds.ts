import type { Contender, ContenderId } from "./contenders.ts";
import type { Sample, Steps } from "./meter.ts";

export type Results = ReadonlyMap<ContenderId, readonly Sample[]>;

export interface RoundsOptions {
	readonly title: string;
	readonly rounds: number;
	readonly measure: (steps: Steps) => Promise<Sample>;
}

/**
 * Everybody in turn, again and again, so that whatever the machine does meanwhile meets all alike. Each runs twice and
 * the second time counts, for what somebody finds in the caches must not depend on whose turn it was before.
 */
export async function runRounds(contenders: readonly Contender[], options: RoundsOptions): Promise<Results> {
	const { title, rounds, measure } = options;
	const results = new Map<ContenderId, Sample[]>(contenders.map(({ id }) => [id, []]));
	for (let round = 1; round <= rounds; round++) {
		process.stderr.write(`${title}: round ${round} of ${rounds}\n`);
		for (const { id, steps } of contenders) {
			await measure(steps);
			results.get(id)?.push(await measure(steps));
		}
	}
	return results;
}
