import { isIP } from "node:net";
import { parseChoice } from "../command/flag-values.ts";
import type { LogFormat } from "../command/logger.ts";
import { parseDuration } from "../domain/duration.ts";
import { type LogLevel, parseLogLevel } from "../domain/log-level.ts";
import { type Port, parsePort } from "../domain/port.ts";
import { fail, ok, type Problem, type Result } from "../domain/problem.ts";
import { parseBoolean } from "../domain/truth.ts";

/** Everything `shunt injector` was asked to do. */
export interface InjectorOptions {
	readonly port: Port;
	readonly adminPort: Port;
	/** Every address of the machine, of either family, when absent. */
	readonly address: string | undefined;
	readonly config: string;
	readonly tlsCert: string;
	readonly tlsKey: string;
	/** The pod's service account when absent. */
	readonly kubeconfig: string | undefined;
	readonly events: boolean;
	readonly checkIntervalMs: number;
	readonly shutdownDelayMs: number;
	readonly shutdownTimeoutMs: number;
	readonly logLevel: LogLevel;
	readonly logFormat: LogFormat;
}

/** What was written behind each flag, or its default. */
export interface InjectorFlags {
	readonly port: string;
	readonly adminPort: string;
	readonly address?: string;
	readonly config: string;
	readonly tlsCert: string;
	readonly tlsKey: string;
	readonly kubeconfig?: string;
	readonly events: string;
	readonly checkInterval: string;
	readonly shutdownDelay: string;
	readonly shutdownTimeout: string;
	readonly logLevel: string;
	readonly logFormat: string;
}

/** All mistakes together, after those that are `known`. */
export function parseInjectorOptions(
	flags: InjectorFlags,
	known: readonly Problem[] = [],
): Result<InjectorOptions> {
	const problems: Problem[] = [...known];
	/** The value only counts where there are no problems at all. */
	const settle = <T>(result: Result<T>): T => {
		problems.push(...(result.ok ? [] : result.problems));
		return (result.ok ? result.value : undefined) as T;
	};
	const options: InjectorOptions = {
		port: settle(parsePort(flags.port, "--port")),
		adminPort: settle(parsePort(flags.adminPort, "--admin-port")),
		address: flags.address === undefined ? undefined : settle(parseAddress(flags.address)),
		config: settle(parsePath(flags.config, "--config")),
		tlsCert: settle(parsePath(flags.tlsCert, "--tls-cert")),
		tlsKey: settle(parsePath(flags.tlsKey, "--tls-key")),
		kubeconfig:
			flags.kubeconfig === undefined ? undefined : settle(parsePath(flags.kubeconfig, "--kubeconfig")),
		events: settle(parseBoolean(flags.events, "--events")),
		checkIntervalMs: settle(parseDuration(flags.checkInterval, "--check-interval", 100)),
		shutdownDelayMs: settle(parseDuration(flags.shutdownDelay, "--shutdown-delay")),
		shutdownTimeoutMs: settle(parseDuration(flags.shutdownTimeout, "--shutdown-timeout")),
		logLevel: settle(parseLogLevel(flags.logLevel, "--log-level")),
		logFormat: settle(parseChoice<LogFormat>(["plain", "json"])(flags.logFormat, "--log-format")),
	};
	if (options.port !== undefined && options.port === options.adminPort) {
		problems.push({
			source: "--admin-port",
			value: `${options.adminPort}`,
			complaint: "is the port of --port too",
			accepted: "a port of its own",
		});
	}
	return problems.length > 0 ? fail(...problems) : ok(options);
}

function parseAddress(text: string): Result<string> {
	const accepted = "an IPv4 or IPv6 address";
	return isIP(text) !== 0
		? ok(text)
		: fail({ source: "--address", value: text, complaint: "is not an address", accepted });
}

function parsePath(text: string, source: string): Result<string> {
	return text !== "" ? ok(text) : fail({ source, value: text, complaint: "is empty", accepted: "a file" });
}
