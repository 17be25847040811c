import type { StopSignal } from "../serving/stop-signals.ts";

/** What can end a validation early. */
export type Interruption = StopSignal | "timeout";

export interface Watch {
	readonly interrupted: Promise<Interruption>;
	readonly isInterrupted: () => boolean;
	/** Signals have their usual effect again. */
	end(): void;
}

const signals: readonly StopSignal[] = ["SIGTERM", "SIGINT"];

/** Listens for signals, and for the time to be up. */
export function watchFor(milliseconds: number, on: Pick<NodeJS.Process, "on" | "off"> = process): Watch {
	let isInterrupted = false;
	let report: (what: Interruption) => void = () => undefined;
	const interrupted = new Promise<Interruption>((resolve) => {
		report = (what) => {
			isInterrupted = true;
			resolve(what);
		};
	});
	const listeners = signals.map((signal) => ({ signal, listener: () => report(signal) }));
	for (const { signal, listener } of listeners) {
		on.on(signal, listener);
	}
	const timer = setTimeout(() => report("timeout"), milliseconds);
	return {
		interrupted,
		isInterrupted: () => isInterrupted,
		end: () => {
			clearTimeout(timer);
			for (const { signal, listener } of listeners) {
				on.off(signal, listener);
			}
		},
	};
}
