import { isatty } from "node:tty";
import { type ReleaseWorld, processWorld as releaseWorld } from "../cluster/release-world.ts";

/** What `shunt check` needs of the outside world, a cluster apart. */
export interface CheckWorld extends ReleaseWorld {
	/** Of standard output. */
	readonly isTerminal: boolean;
	sleep(milliseconds: number): Promise<void>;
	/** Calls back when somebody wants this to end. Answers with what takes that back. */
	onStop(stop: () => void): () => void;
}

export const processWorld: CheckWorld = {
	...releaseWorld,
	isTerminal: isatty(1),
	sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
	onStop: (stop) => {
		const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
		// Once each: a second one ends the process in the system's own way.
		for (const signal of signals) {
			process.once(signal, stop);
		}
		return () => {
			for (const signal of signals) {
				process.off(signal, stop);
			}
		};
	},
};
