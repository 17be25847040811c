import type { Host } from "../host/host.ts";

/** Says on standard error how far a long look has come: nothing in the first two seconds, then every two. */
export function createProgress(host: Host, program: string, total: number): (done: number) => void {
	let spokenAt = host.now();
	return (done) => {
		const now = host.now();
		if (now - spokenAt >= intervalMs) {
			spokenAt = now;
			host.log(`${program}: ${done} of ${total} network namespaces looked into …`);
		}
	};
}

const intervalMs = 2000;
