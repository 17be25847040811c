import type { Contender, ContenderId } from "./contenders.ts";
import type { Sample, Steps } from "./meter.ts";

export type Results = ReadonlyMap<ContenderId, readonly Sample[]>;

export interface RoundsOptions {
	readonly title: string;
	readonly rounds: number;
	readonly measure: (steps: Steps) => Promise<Sample>;
}

/**
 * Everybody in turn, again and again, so that whatever the machine does meanwhile meets all alike. The first round
 * only warms up the caches.
 */
export async function runRounds(contenders: readonly Contender[], options: RoundsOptions): Promise<Results> {
	const { title, rounds, measure } = options;
	const results = new Map<ContenderId, Sample[]>(contenders.map(({ id }) => [id, []]));
	for (let round = 0; round <= rounds; round++) {
		process.stderr.write(`${title}: ${round === 0 ? "warming up" : `round ${round} of ${rounds}`}\n`);
		for (const { id, steps } of contenders) {
			const sample = await measure(steps);
			if (round > 0) {
				results.get(id)?.push(sample);
			}
		}
	}
	return results;
}
