import { readFileSync } from "node:fs";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { kernelOriginalDestination, type OriginalDestination } from "../linux/original-destination.ts";
import { createLog, type Log } from "../serving/log.ts";
import { type FlushedOutput, openStdout } from "../serving/stdout.ts";
import { type Signals, stopRequests } from "../serving/stop-signals.ts";
import { startAdmin, stopAdmin } from "./admin.ts";
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

/** This very process, and the kernel under it. */
export const processWorld: ProxyWorld = {
	originalDestination: kernelOriginalDestination,
	output: openStdout,
	limits: () => readFileSync("/proc/self/limits", "utf8"),
	signals: process,
};

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

function isForbidden(error: unknown): boolean {
	return error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM");
}
