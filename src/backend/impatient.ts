import type { Host } from "../host/host.ts";

/** Of no system call: whoever may not wait is told so in this word of its own. */
export const notWaitedFor = "held";

/** Of what a program is given to do, in a host that does not wait. */
const mostForProgramMs = 5000;

/**
 * The host for those in whose thread others have to be answered: a lock that is held is a failure at once, and programs, which wait
 * for the lock themselves, have seconds instead of a minute.
 */
export function impatient(host: Host): Host {
	return {
		...host,
		lock: (path) => {
			const taken = host.lock(path, 0);
			return typeof taken === "function" || taken.name !== "EAGAIN"
				? taken
				: { ...taken, name: notWaitedFor };
		},
		run: (commands, whileRunning) =>
			host.run(
				commands.map((command) => ({
					...command,
					timeoutMs: Math.min(command.timeoutMs, mostForProgramMs),
				})),
				whileRunning,
			),
	};
}
