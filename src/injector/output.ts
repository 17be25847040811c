import { pino } from "pino";
import type { LogOutput } from "../proxy/log.ts";

/** Lines that a stuck reader makes us keep; what comes after is lost rather than the pod's memory. */
const maxPendingBytes = 4 * 1024 * 1024;

export interface InjectorOutput extends LogOutput {
	/** Waits until everything is written. */
	flush(): void | Promise<void>;
}

/**
 * Standard output, written in the background: one write takes along all lines that came since the last, so that no
 * answer waits for its log line. A reader that goes away must not end the webhook.
 */
export function openOutput(): InjectorOutput {
	const stdout = pino.destination({ dest: 1, sync: false, maxLength: maxPendingBytes });
	stdout.on("error", () => undefined);
	return {
		write: (line) => stdout.write(line),
		flush: () => {
			try {
				stdout.flushSync();
			} catch {
				// Nobody reads it any more.
			}
		},
	};
}
