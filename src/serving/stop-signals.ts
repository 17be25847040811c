export type StopSignal = "SIGTERM" | "SIGINT";

/** As `process` is. */
export interface Signals {
	on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
	off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
}

/** Kubernetes asks with SIGTERM, a terminal with SIGINT; asking again means at once. */
interface StopRequests {
	readonly first: Promise<StopSignal>;
	readonly second: Promise<StopSignal>;
	/** Signals have their usual effect again. */
	ignore(): void;
}

const names: readonly StopSignal[] = ["SIGTERM", "SIGINT"];

export function stopRequests(signals: Signals): StopRequests {
	const waiting: ((signal: StopSignal) => void)[] = [];
	const next = () => new Promise<StopSignal>((resolve) => waiting.push(resolve));
	const onSignal = (signal: StopSignal) => waiting.shift()?.(signal);
	for (const name of names) {
		signals.on(name, onSignal);
	}
	return {
		first: next(),
		second: next(),
		ignore: () => {
			for (const name of names) {
				signals.off(name, onSignal);
			}
		},
	};
}
