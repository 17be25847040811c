import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import type { OriginalDestination } from "../linux/original-destination.ts";
import { createLog, type Log } from "../serving/log.ts";
import type { FlushedOutput } from "../serving/stdout.ts";
import { type Signals, stopRequests } from "../serving/stop-signals.ts";
import { startAdmin, stopAdmin } from "./admin.ts";
import { connectionsThatFit } from "./open-files.ts";
import type { ProxyOptions } from "./options.ts";
import { TransparentProxy } from "./transparent-proxy.ts";

/** What the proxy needs of the process that it runs in. */
export interface ProxyWorld {
	/** Throws where the kernel cannot be asked. */
	originalDestination(): OriginalDestination;
	output(): FlushedOutput;
	/** proc_pid_limits(5) */
	limits(): string;
	readonly signals: Signals;
}

/** Runs until a signal, and then for as long as connections take to end. A second signal ends them at once. */
export async function runProxy(options: ProxyOptions, world: ProxyWorld): Promise<ExitCode> {
	const output = world.output();
	const log = createLog(options, output);
	try {
		await serve(options, world, log);
		return exitCodes.done;
	} catch (error) {
		log.error("cannot run", { error: error instanceof Error ? error.message : String(error) });
		return isForbidden(error) ? exitCodes.notPermitted : exitCodes.failed;
	} finally {
		await output.flush();
	}
}

async function serve(options: ProxyOptions, world: ProxyWorld, log: Log): Promise<void> {
	const maxConnections = connectionLimit(options, world, log);
	const proxy = new TransparentProxy({ ...options, maxConnections }, world.originalDestination(), log);
	// Before the listeners, so that /ready can say "not yet" from the beginning.
	const admin = await startAdmin(options.admin, proxy);
	const stop = stopRequests(world.signals);
	try {
		await proxy.start();
		log.info("ready", { maxConnections });
		log.info("stopping", { signal: await stop.first });
		void stop.second.then(() => proxy.abort());
		await proxy.drain(options.drainTimeoutMs);
	} finally {
		stop.ignore();
		stopAdmin(admin);
	}
}

function connectionLimit({ maxConnections }: ProxyOptions, world: ProxyWorld, log: Log): number {
	const fitting = connectionsThatFit(world.limits());
	if (maxConnections !== undefined && maxConnections > fitting) {
		log.warn("the limit on open files is too low for so many connections", { maxConnections, fitting });
	}
	return maxConnections ?? fitting;
}

function isForbidden(error: unknown): boolean {
	return error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM");
}
