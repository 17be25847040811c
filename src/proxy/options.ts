import { isIP } from "node:net";
import { parseChoice } from "../command/flag-values.ts";
import type { LogFormat } from "../command/logger.ts";
import { parseDuration } from "../domain/duration.ts";
import { families } from "../domain/family.ts";
import { parseLogFilter } from "../domain/log-level.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { type Port, parsePort } from "../domain/port.ts";
import { fail, ok, type Problem, type Result } from "../domain/problem.ts";
import { parseBoolean } from "../domain/truth.ts";
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

/** All mistakes together, after those that are `known`. */
export function parseProxyOptions(flags: ProxyFlags, known: readonly Problem[] = []): Result<ProxyOptions> {
	const parsed = combine({
		inbound: parsePort(flags.inboundPort, "--inbound-port"),
		outbound: parsePort(flags.outboundPort, "--outbound-port"),
		admin: parsePort(flags.adminPort, "--admin-port"),
		host: optional(flags.adminAddress, "--admin-address", parseListenAddress),
		connectTimeoutMs: parseDuration(flags.connectTimeout, "--connect-timeout", 1),
		idleTimeoutMs: parseDuration(flags.idleTimeout, "--idle-timeout"),
		drainTimeoutMs: parseDuration(flags.drainTimeout, "--drain-timeout"),
		maxConnections: optional(flags.maxConnections, "--max-connections", parseMaxConnections),
		logLevel: parseLogFilter(flags.logLevel, "--log-level"),
		logFormat: parseChoice<LogFormat>(["plain", "json"])(flags.logFormat, "--log-format"),
		ipv6: parseBoolean(flags.ipv6, "--ipv6"),
	});
	const problems = [...known, ...(parsed.ok ? portsOf(parsed.value) : parsed.problems)];
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
