import type { Host } from "../host/host.ts";

/** Says how far something has come, where it is due. */
export type Progress = (state: string) => void;

/** Says on standard error how far a long look has come: nothing in the first two seconds, then every two. */
export function createProgress(host: Host, program: string): Progress {
	let spokenAt = host.now();
	return (state) => {
		const now = host.now();
		if (now - spokenAt >= intervalMs) {
			spokenAt = now;
			host.log(`${program}: ${state} …`);
		}
	};
}

const intervalMs = 2000;
