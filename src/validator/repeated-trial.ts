import type { Libc } from "../linux/libc.ts";
import { whatIsWrong } from "./judge-words.ts";
import type { Probe, Sighting } from "./probe.ts";
import { type Trial, type TrialOptions, tryConnections } from "./trial.ts";

/**
 * Connections share the kernel's table of tracked connections with all that were made in the last minutes, and a port
 * may be one of theirs: then the old one's fate is the new one's, or the new one arrives from another port than it left.
 * So what is not as it should be is tried again, from new ports; rules that are wrong are wrong every time.
 */
const repetitions = 2;

/** Milliseconds for what is silent the second time too. */
const secondPatience = 500;

/** The same as {@link tryConnections}, but sure. */
export async function tryRepeatedly(
	libc: Libc,
	probes: readonly Probe[],
	options: TrialOptions,
): Promise<Trial> {
	const first = await tryConnections(libc, probes, options);
	const sightings = new Map(first.sightings);
	for (let repetition = 0; repetition < repetitions && !options.stop(); repetition++) {
		const doubtful = probes.filter((probe) => isDoubtful(probe, sightings.get(probe)));
		if (doubtful.length === 0) {
			break;
		}
		const patience = Math.min(options.patience, secondPatience);
		const again = await tryConnections(libc, doubtful, { ...options, patience });
		for (const [probe, sighting] of again.sightings) {
			sightings.set(probe, sighting);
		}
	}
	return { ...first, sightings };
}

export function isDoubtful(probe: Probe, sighting: Sighting | undefined): boolean {
	return sighting === undefined || sighting.kind === "taken" || whatIsWrong(probe, sighting) !== undefined;
}
