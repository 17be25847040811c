import { isIP } from "node:net";
import { families } from "../domain/family.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { type Port, parsePort } from "../domain/port.ts";
import { fail, ok, type Problem, type Result } from "../domain/problem.ts";
import { parseBoolean, parseChoice } from "../init/flag-values.ts";
import { type LogFormat, logLevels } from "../init/logger.ts";
import { parseDuration } from "../serving/duration.ts";
import type { LogOptions } from "../serving/log.ts";
import type { AdminAddress } from "./admin.ts";
import type { ProxySettings } from "./transparent-proxy.ts";

/** Everything `shunt proxy` was asked to do. */
export interface ProxyOptions extends Omit<ProxySettings, "maxConnections">, LogOptions {
	readonly admin: AdminAddress;
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
	readonly ipv6: string;
}

/** All mistakes together, those of `unknown` arguments first. */
export function parseProxyOptions(flags: ProxyFlags, unknown: readonly string[] = []): Result<ProxyOptions> {
	const parsed = combine({
		inbound: parsePort(flags.inboundPort, "--inbound-port"),
		outbound: parsePort(flags.outboundPort, "--outbound-port"),
		admin: parsePort(flags.adminPort, "--admin-port"),
		host: optional(flags.adminAddress, "--admin-address", parseListenAddress),
		connectTimeoutMs: parseDuration(flags.connectTimeout, "--connect-timeout", 1),
		idleTimeoutMs: parseDuration(flags.idleTimeout, "--idle-timeout"),
		drainTimeoutMs: parseDuration(flags.drainTimeout, "--drain-timeout"),
		maxConnections: optional(flags.maxConnections, "--max-connections", parseMaxConnections),
		logLevel: parseLogLevel(flags.logLevel, "--log-level"),
		logFormat: parseChoice<LogFormat>(["plain", "json"])(flags.logFormat, "--log-format"),
		ipv6: parseBoolean(flags.ipv6, "--ipv6"),
	});
	const problems = [
		...unknown.filter(isStray).map(strayArgument),
		...(parsed.ok ? portsOf(parsed.value) : parsed.problems),
	];
	if (!parsed.ok || problems.length > 0) {
		return fail(...problems);
	}
	const { inbound, outbound, admin, host, ipv6, ...rest } = parsed.value;
	return ok({
		...rest,
		ports: { inbound, outbound },
		families: ipv6 ? families : ["ipv4"],
		admin: { host: host ?? (ipv6 ? undefined : "0.0.0.0"), port: admin },
	});
}

/** Either every value, or every problem of all of them. */
function combine<T extends object>(results: { readonly [Key in keyof T]: Result<T[Key]> }): Result<T> {
	const entries: [string, Result<unknown>][] = Object.entries(results);
	const problems = entries.flatMap(([, result]) => (result.ok ? [] : result.problems));
	return problems.length > 0
		? fail(...problems)
		: ok(
				Object.fromEntries(entries.map(([key, result]) => [key, result.ok ? result.value : undefined])) as T,
			);
}

function optional<T>(
	text: string | undefined,
	source: string,
	parse: (text: string, source: string) => Result<T>,
): Result<T | undefined> {
	return text === undefined ? ok(undefined) : parse(text, source);
}

function parseListenAddress(text: string, source: string): Result<string> {
	return isIP(text) !== 0
		? ok(text)
		: fail({ source, value: text, complaint: "is not an address", accepted: "an IPv4 or IPv6 address" });
}

function parseMaxConnections(text: string, source: string): Result<number> {
	return parseWholeNumber(text, { source, noun: "number of connections", min: 1, max: 1_000_000 });
}

function parseLogLevel(text: string, source: string) {
	return parseChoice(logLevels)(text === "warning" ? "warn" : text, source);
}

/** What stands behind a flag that does not exist is most likely its value. */
function isStray(argument: string, index: number, all: readonly string[]): boolean {
	return argument.startsWith("-") || !/^-[^=]*$/.test(all[index - 1] ?? "");
}

function strayArgument(argument: string): Problem {
	const complaint = argument.startsWith("-") ? "is not a flag of this program" : "belongs to no flag";
	return { source: argument, complaint, accepted: 'a flag that "shunt proxy --help" lists' };
}

/** Listeners cannot share a port. */
function portsOf(ports: Readonly<Record<"inbound" | "outbound" | "admin", Port>>): Problem[] {
	const used = [
		["--inbound-port", ports.inbound],
		["--outbound-port", ports.outbound],
		["--admin-port", ports.admin],
	] as const;
	return used.flatMap(([source, port], index) => {
		const [other] = used.slice(0, index).find(([, earlier]) => earlier === port) ?? [];
		const complaint = `is the port of ${other} too`;
		return other === undefined
			? []
			: [{ source, value: `${port}`, complaint, accepted: "a port of its own" }];
	});
}
