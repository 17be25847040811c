import type { Connection } from "./connection.ts";

const ticksPerLimit = 10;

/**
 * Ends connections in which no byte has moved for the limit, or up to a tenth more. One look at all of them now and
 * then costs the path of the bytes nothing, where a timer per connection would be moved with every read.
 *
 * It counts its own ticks and not the clock, so that a process which was stopped for an hour does not find all its
 * connections an hour idle. Answers how to stop it.
 */
export function watchIdle(connections: ReadonlySet<Connection>, limitMs: number): () => void {
	const seen = new WeakMap<Connection, { progress: number; quietTicks: number }>();
	const look = (connection: Connection): void => {
		const last = seen.get(connection);
		const { progress } = connection;
		if (last === undefined || last.progress !== progress) {
			seen.set(connection, { progress, quietTicks: 0 });
		} else if (++last.quietTicks >= ticksPerLimit) {
			connection.abort("idle");
		}
	};
	const timer = setInterval(() => connections.forEach(look), Math.max(1, limitMs / ticksPerLimit));
	timer.unref();
	return () => clearInterval(timer);
}
