import type { Libc } from "../linux/libc.ts";
import type { Observation, Probe } from "./probe.ts";
import { type Run, type RunOptions, tryConnections } from "./probe-run.ts";
import { whatIsWrong } from "./result-words.ts";

/**
 * Connections share the kernel's table of tracked connections with all that were made in the last minutes, and a port
 * may be one of theirs: then the old one's fate is the new one's, or the new one arrives from another port than it left.
 * So what is not as it should be is tried again, from new ports; rules that are wrong are wrong every time.
 */
const repetitions = 2;

/** Milliseconds for what is silent the second time too. */
const secondPatience = 500;

/** The same as {@link tryConnections}, but sure. */
export async function tryRepeatedly(libc: Libc, probes: readonly Probe[], options: RunOptions): Promise<Run> {
	const first = await tryConnections(libc, probes, options);
	const observations = new Map(first.observations);
	for (let repetition = 0; repetition < repetitions && !options.stop(); repetition++) {
		const doubtful = probes.filter((probe) => isDoubtful(probe, observations.get(probe)));
		if (doubtful.length === 0) {
			break;
		}
		const patience = Math.min(options.patience, secondPatience);
		const again = await tryConnections(libc, doubtful, { ...options, patience });
		for (const [probe, observation] of again.observations) {
			observations.set(probe, observation);
		}
	}
	return { ...first, observations };
}

export function isDoubtful(probe: Probe, observation: Observation | undefined): boolean {
	return (
		observation === undefined || observation.kind === "taken" || whatIsWrong(probe, observation) !== undefined
	);
}
