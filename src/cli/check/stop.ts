import type { CheckWorld } from "./world.ts";

/** That somebody wants this to end, for those who wait. */
export interface Stop {
	isStopped(): boolean;
	/** Resolves after so many milliseconds, or at once when it is to end. */
	sleep(milliseconds: number): Promise<void>;
	/** Listens no longer. */
	close(): void;
}

export function listenForStop(world: CheckWorld): Stop {
	let isStopped = false;
	let wake = () => {};
	const stopped = new Promise<void>((resolve) => {
		wake = resolve;
	});
	const close = world.onStop(() => {
		isStopped = true;
		world.stderr("stopping …\n");
		wake();
	});
	return {
		isStopped: () => isStopped,
		sleep: (milliseconds) => Promise.race([world.sleep(milliseconds), stopped]),
		close,
	};
}
