import { performance } from "node:perf_hooks";

/** Lets one call through per interval. */
export function throttle(intervalMs: number): (call: () => void) => void {
	let next = 0;
	return (call) => {
		if (performance.now() >= next) {
			next = performance.now() + intervalMs;
			call();
		}
	};
}
