import type { MeshedPod } from "./meshed-pod.ts";

/** How often mending has to have failed in a row before a pod is given up. */
const leastFailures = 3;

/** So many pods a minute, and no more at once, be they as broken as they may: others have to go on serving meanwhile. */
export class PodDeletion {
	readonly #perMinute: number;
	readonly #now: () => number;
	#deleted: number[] = [];

	/** `perMinute`: 0 for never. `now`: milliseconds, of a clock that does not go back. */
	constructor(perMinute: number, now: () => number) {
		this.#perMinute = perMinute;
		this.#now = now;
	}

	/**
	 * Whether a pod that could not be mended so many times in a row is to be deleted now, which then counts as done. A pod of
	 * which nobody would make another one stays.
	 */
	mayDelete({ hasController }: MeshedPod, failures: number): boolean {
		if (!hasController || failures < leastFailures) {
			return false;
		}
		this.#deleted = this.#deleted.filter((at) => at > this.#now() - 60_000);
		if (this.#deleted.length >= this.#perMinute) {
			return false;
		}
		this.#deleted.push(this.#now());
		return true;
	}
}
