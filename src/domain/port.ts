import type { Brand } from "./brand.ts";
import { parseWholeNumber, type Span } from "./number.ts";
import { err, ok, type Result } from "./problem.ts";

/** A TCP port, 1-65535. Port 0 means "any" to sockets and nothing to a packet, so it is not one. */
export type Port = Brand<number, "Port">;

/** An inclusive range of ports, `low` at most `high`. A single port has both equal. */
export interface PortRange {
	readonly low: Port;
	readonly high: Port;
}

export const maxPort = 65_535;

export function parsePort(text: string, source: string): Result<Port> {
	const value = Number(text);
	if (value >= 1 && value <= maxPort && Number.isInteger(value) && String(value) === text) {
		return ok(value as Port);
	}
	// What can be said of a mistake is only made where there is one: there may be tens of thousands of ports.
	const parsed = parseWholeNumber(text, { source, noun: "TCP port", min: 1, max: maxPort });
	return parsed.ok ? ok(parsed.value as Port) : parsed;
}

/**
 * A whole list of ports, as nearly all are written and by far the quickest: undefined where something else is in it, which
 * then is to be read item by item. There may be tens of thousands.
 */
export function parseUsualPorts(text: string): Port[] | undefined {
	if (!usualPorts.test(text)) {
		return undefined;
	}
	const ports: Port[] = JSON.parse(`[${text}]`);
	return ports.every((port) => port <= maxPort) ? ports : undefined;
}

const usualPorts = /^[1-9]\d{0,4}(?:,[1-9]\d{0,4})*$/;

/** The same for ranges that are of one port each. */
export function parseUsualPortRanges(text: string): PortRange[] | undefined {
	const ports = parseUsualPorts(text);
	if (ports === undefined) {
		return undefined;
	}
	const ranges = ports.map((port) => ({ low: port, high: port }));
	singles.set(ranges, ports);
	return ranges;
}

/**
 * The ports of a list in which each range is of one, as plain numbers, undefined where a range is of several: numbers are joined
 * and copied by the engine itself, where tens of thousands of ranges are gone through one by one. The list must not change.
 */
export function singlePorts(ranges: readonly Span[]): readonly number[] | undefined {
	const known = singles.get(ranges);
	if (known !== undefined) {
		return known === "none" ? undefined : known;
	}
	const ports: number[] = [];
	for (const { low, high } of ranges) {
		if (low !== high) {
			singles.set(ranges, "none");
			return undefined;
		}
		ports.push(low);
	}
	singles.set(ranges, ports);
	return ports;
}

const singles = new WeakMap<readonly Span[], readonly number[] | "none">();

/** So many of a list's ranges at most, together; those of one port each are known to be that. */
export function portsInParts<T extends Span>(ranges: readonly T[], length: number): T[][] {
	const ports = singlePorts(ranges);
	const parts: T[][] = [];
	for (let start = 0; start < ranges.length; start += length) {
		const part = ranges.slice(start, start + length);
		if (ports !== undefined) {
			singles.set(part, ports.slice(start, start + length));
		}
		parts.push(part);
	}
	return parts;
}

/** Accepts `80` and `8000-8010`. */
export function parsePortRange(text: string, source: string): Result<PortRange> {
	const dash = text.indexOf("-");
	const low = parsePort(dash < 0 ? text : text.slice(0, dash), source);
	if (dash < 0 && low.ok) {
		return ok({ low: low.value, high: low.value });
	}
	const high = dash < 0 ? low : parsePort(text.slice(dash + 1), source);
	if (low.ok && high.ok && low.value <= high.value) {
		return ok({ low: low.value, high: high.value });
	}
	return err({
		source,
		value: text,
		complaint: dash < 0 ? "is not a TCP port" : "is not a port range",
		accepted: "PORT or LOW-HIGH with LOW at most HIGH, each from 1 to 65535",
	});
}

export function formatPortRange(range: PortRange): string {
	return range.low === range.high ? `${range.low}` : `${range.low}-${range.high}`;
}

export function containsPort(range: PortRange, port: number): boolean {
	return range.low <= port && port <= range.high;
}
