import { readFileSync } from "node:fs";

/** Listeners, the admin server and its clients, the event loop's own, the log. */
const reserved = 64;

/**
 * How many connections the limit on open files has room for: each takes two descriptors. Node raises its soft limit
 * to the hard one when it starts, so this is what the container runtime gave.
 */
export function connectionsThatFit(limits: string): number {
	const [, files = "unlimited"] = /^Max open files\s+(\S+)/m.exec(limits) ?? [];
	return files === "unlimited"
		? Number.POSITIVE_INFINITY
		: Math.max(1, Math.floor((Number(files) - reserved) / 2));
}

/** proc_pid_limits(5) */
export function readLimits(): string {
	return readFileSync("/proc/self/limits", "utf8");
}
