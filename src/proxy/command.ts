import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { LogFormat } from "../command/logger.ts";
import { readOptions, StrictCommand, sharedPorts } from "../command/strict-command.ts";
import { parseDuration } from "../domain/duration.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { families } from "../domain/family.ts";
import { parseLogFilter } from "../domain/log-level.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { type Port, parsePort } from "../domain/port.ts";
import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { parseBoolean } from "../domain/truth.ts";
import { parseChoice } from "../domain/words.ts";
import { kernelOriginalDestination, type OriginalDestination } from "../linux/original-destination.ts";
import { type ListenAddress, parseListenAddress, startAdmin, stopAdmin } from "../serving/admin.ts";
import { createLog, type Log, type LogOptions } from "../serving/log.ts";
import { type FlushedOutput, openStdout } from "../serving/stdout.ts";
import { type Signals, stopRequests } from "../serving/stop-signals.ts";
import { type ProxySettings, TransparentProxy } from "./transparent-proxy.ts";

/** `shunt proxy`. The exit status goes to `finish`, since only an entry point may end the process. */
export function proxyCommand(finish: (status: ExitCode) => void, deps: ProxyDeps = processDeps): Command {
	const command = new StrictCommand("proxy")
		.collectProblems()
		.description("carry redirected TCP connections on to where they were going")
		.option("--inbound-port <port>", "takes connections that arrive in the pod", "4143")
		.option("--outbound-port <port>", "takes connections that the pod's processes make", "4140")
		.option("--admin-port <port>", "serves /live, /ready and /metrics", "4191")
		.option("--admin-address <address>", "where to serve them (default: every address)")
		.option("--connect-timeout <time>", "how long reaching a server may take", "10s")
		.option("--idle-timeout <time>", "ends connections in which no byte moves for so long; 0 for never", "1h")
		.option("--max-connections <number>", "resets those above it (default: what the open-file limit allows)")
		.option("--drain-timeout <time>", "how long open connections may go on after SIGTERM", "30s")
		.option("--log-level <level>", "error, warn, info or debug", "info")
		.option("--log-format <format>", "plain or json", "plain")
		.option("--ipv6 [true|false]", "listen on IPv6 too", "true")
		.addHelpText("after", examples);
	return command.action(async (given: ProxyFlags) => {
		const options = parseProxyOptions(given, command.problems);
		finish(options.ok ? await runProxy(options.value, deps) : command.refuse(options.problems));
	});
}

const examples = `
The proxy serves connections that redirect rules send to its ports; "shunt init" makes those. Its user has to be
exempt from them (--proxy-uid), or what it dials comes back to it.

Examples:
  # In the pod's network namespace, as user 2102
  shunt init --incoming-proxy-port 4143 --outgoing-proxy-port 4140 --proxy-uid 2102
  shunt proxy

  # For the log collector, with long-lived quiet connections and a short goodbye
  shunt proxy --log-format json --idle-timeout 0 --drain-timeout 5s

A connection that ends well is logged at the level debug alone. Of those that do not, the first of each kind is logged
as a warning, and every ten seconds how many more there were; the metrics count them all.

SIGTERM and SIGINT stop it: /ready answers 503 at once, no connection is accepted any more, and those that are open
may go on until the drain timeout. A second signal ends them immediately.`;

/** Everything `shunt proxy` was asked to do. */
interface ProxyOptions extends Omit<ProxySettings, "maxConnections">, LogOptions {
	readonly admin: ListenAddress;
	readonly drainTimeoutMs: number;
	/** As many as there are descriptors for, when absent. */
	readonly maxConnections: number | undefined;
}

/** What was written behind each flag, or its default. */
export interface ProxyFlags {
	readonly inboundPort: string;
	readonly outboundPort: string;
	readonly adminPort: string;
	readonly adminAddress?: string;
	readonly connectTimeout: string;
	readonly idleTimeout: string;
	readonly drainTimeout: string;
	readonly maxConnections?: string;
	readonly logLevel: string;
	readonly logFormat: string;
	readonly ipv6: string | true;
}

/** All mistakes together, after those that are `known`. */
export function parseProxyOptions(flags: ProxyFlags, known: readonly Problem[] = []): Result<ProxyOptions> {
	const { values, problems } = readOptions<Parsed>(flags, {
		inbound: ["inbound-port", parsePort],
		outbound: ["outbound-port", parsePort],
		admin: ["admin-port", parsePort],
		host: ["admin-address", parseListenAddress],
		connectTimeoutMs: ["connect-timeout", (text, source) => parseDuration(text, source, 1)],
		idleTimeoutMs: ["idle-timeout", parseDuration],
		drainTimeoutMs: ["drain-timeout", parseDuration],
		maxConnections: ["max-connections", parseMaxConnections],
		logLevel: ["log-level", parseLogFilter],
		logFormat: ["log-format", parseChoice<LogFormat>(["plain", "json"])],
		ipv6: ["ipv6", parseBoolean],
	});
	const { inbound, outbound, admin, host, ipv6, ...rest } = values;
	const ports = [
		["--inbound-port", inbound],
		["--outbound-port", outbound],
		["--admin-port", admin],
	] as const;
	const all = [...known, ...(problems.length > 0 ? problems : sharedPorts(ports))];
	return all.length > 0
		? err(...all)
		: ok({
				...rest,
				ports: { inbound, outbound },
				families: ipv6 ? families : ["ipv4"],
				admin: { host: host ?? (ipv6 ? undefined : "0.0.0.0"), port: admin },
			});
}

interface Parsed
	extends Omit<ProxyOptions, "admin" | "ports" | "families">,
		Record<"inbound" | "outbound" | "admin", Port> {
	readonly host: string | undefined;
	readonly ipv6: boolean;
}

function parseMaxConnections(text: string, source: string): Result<number> {
	return parseWholeNumber(text, { source, noun: "number of connections", min: 1, max: 1_000_000 });
}

/** What the proxy needs of the process that it runs in. */
export interface ProxyDeps {
	/** Throws where the kernel cannot be asked. */
	originalDestination(): OriginalDestination;
	output(): FlushedOutput;
	/** proc_pid_limits(5) */
	limits(): string;
	readonly signals: Signals;
}

/** This very process, and the kernel under it. */
export const processDeps: ProxyDeps = {
	originalDestination: kernelOriginalDestination,
	output: openStdout,
	limits: () => readFileSync("/proc/self/limits", "utf8"),
	signals: process,
};

/** Runs until a signal, and then for as long as connections take to end. A second signal ends them at once. */
async function runProxy(options: ProxyOptions, deps: ProxyDeps): Promise<ExitCode> {
	const output = deps.output();
	const log = createLog(options, output);
	try {
		await serve(options, deps, log);
		return exitCodes.done;
	} catch (error) {
		log.error("cannot run", { error: error instanceof Error ? error.message : String(error) });
		return isForbidden(error) ? exitCodes.notPermitted : exitCodes.failed;
	} finally {
		await output.flush();
	}
}

async function serve(options: ProxyOptions, deps: ProxyDeps, log: Log): Promise<void> {
	const maxConnections = connectionLimit(options, deps, log);
	const proxy = new TransparentProxy({ ...options, maxConnections }, deps.originalDestination(), log);
	// Before the listeners, so that /ready can say "not yet" from the beginning.
	const admin = await startAdmin(options.admin, {
		obstacle: () => (proxy.ready ? undefined : ""),
		metrics: proxy.metrics,
	});
	const stop = stopRequests(deps.signals);
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

function connectionLimit({ maxConnections }: ProxyOptions, deps: ProxyDeps, log: Log): number {
	const fitting = connectionsThatFit(deps.limits());
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
