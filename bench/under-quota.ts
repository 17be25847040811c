import { contendersFor, dialects } from "./contenders.ts";
import type { Meter } from "./meter.ts";
import { formatResults } from "./one-namespace.ts";
import { runRounds } from "./rounds.ts";

/** A limit of 100m, as init containers often have: 10 ms of CPU time in every 100 ms. */
const quota = 10_000;

/** The same contenders under a CPU limit, where CPU time turns into waiting. */
export async function benchUnderQuota(meter: Meter, folder: string, rounds: number): Promise<string> {
	const heading = "## Under a CPU limit";
	const measure = (steps: Parameters<Meter["measure"]>[0]) => meter.measureUnderQuota(steps, quota);
	const parts: string[] = [];
	for (const dialect of dialects) {
		const contenders = contendersFor(dialect, folder);
		try {
			const results = await runRounds(contenders, { title: `under a limit, ${dialect}`, rounds, measure });
			parts.push(`### ${dialect}`, formatResults(contenders, results));
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			return `${heading}\n\nNot measured: control groups cannot be made here (${reason}).`;
		}
	}
	return [
		heading,
		`The same under a limit of 100m, which is 10 ms of CPU time in every 100 ms (CFS bandwidth control), ${rounds} runs
in turn.`,
		...parts,
	].join("\n\n");
}
