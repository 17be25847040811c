import { pino } from "pino";
import type { LogOutput } from "./log.ts";

/** What a stuck reader makes us keep; what comes after is lost rather than the pod's memory. */
const maxPendingBytes = 4 * 1024 * 1024;
/** A write costs more than all else about a line, so lines wait for company, but not for long. */
const companyLength = 16 * 1024;
const companyMs = 50;

export interface FlushedOutput extends LogOutput {
	/** Waits until everything is written. */
	flush(): void;
}

/** Standard output, written in the background. A reader that goes away must not end the proxy. */
export function openStdout(): FlushedOutput {
	const stdout = pino.destination({ dest: 1, sync: false, maxLength: maxPendingBytes });
	stdout.on("error", () => undefined);
	return inCompany(
		(lines) => stdout.write(lines),
		() => stdout.flushSync(),
	);
}

/** Hands lines on many at a time. */
export function inCompany(write: (lines: string) => void, flush: () => void): FlushedOutput {
	let waiting = "";
	let timer: NodeJS.Timeout | undefined;
	const go = () => {
		clearTimeout(timer);
		timer = undefined;
		const lines = waiting;
		waiting = "";
		write(lines);
	};
	return {
		write: (line) => {
			waiting += line;
			if (waiting.length >= companyLength) {
				go();
			} else {
				timer ??= setTimeout(go, companyMs);
			}
		},
		flush: () => {
			try {
				go();
				flush();
			} catch {
				// Nobody reads it any more.
			}
		},
	};
}
