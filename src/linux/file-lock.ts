import { closeSync, constants, openSync } from "node:fs";
import type { Errno } from "../host/errno.ts";
import { errnoOf, errnoOfThrown } from "./errno.ts";
import type { Libc } from "./libc.ts";

const exclusiveWithoutWaiting = 2 | 4; // LOCK_EX | LOCK_NB
const tryAgain = 11; // EAGAIN
const longestSleepMs = 100;

/** As {@link Host.lock}. Never a flock(2) that waits: it could not be told when to stop, and Node runs in its thread. */
export function lockFile(libc: Libc, path: string, waitMs: number): (() => void) | Errno {
	const opened = open(path);
	if (typeof opened !== "number") {
		return opened;
	}
	const errno = waitFor(libc, opened, waitMs);
	if (errno === undefined) {
		return () => closeSync(opened);
	}
	closeSync(opened);
	return errno;
}

/** A pipe in the lock's place must not hold us up, hence O_NONBLOCK. */
function open(path: string): number | Errno {
	try {
		return openSync(path, constants.O_RDONLY | constants.O_CREAT | constants.O_NONBLOCK, 0o600);
	} catch (thrown) {
		return errnoOfThrown(thrown);
	}
}

function waitFor(libc: Libc, descriptor: number, waitMs: number): Errno | undefined {
	const end = performance.now() + waitMs;
	for (let sleepMs = 1; ; sleepMs = Math.min(2 * sleepMs, longestSleepMs)) {
		if (libc.flock(descriptor, exclusiveWithoutWaiting) === 0) {
			return undefined;
		}
		const errno = errnoOf(libc.errno());
		const left = end - performance.now();
		if (errno.number !== tryAgain || left <= 0) {
			return errno;
		}
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(sleepMs, left));
	}
}
