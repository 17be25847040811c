import { parseAddress } from "../domain/cidr.ts";
import type { Span } from "../domain/number.ts";
import type { Action } from "./rule.ts";

export const largestPort = 65_535;
export const largestId = 4_294_967_295;

/** `80`, `80:90` or `80-90`; undefined for anything else. */
export function parseSpan(text: string, largest: number): Span | undefined {
	const [, low, high] = /^(\d{1,10})(?:[-:](\d{1,10}))?$/.exec(text) ?? [];
	if (low === undefined) {
		return undefined;
	}
	const span = { low: Number(low), high: Number(high ?? low) };
	return span.low <= span.high && span.high <= largest ? span : undefined;
}

/** All of a comma-separated list, or undefined. */
export function parseSpans(text: string, largest: number): Span[] | undefined {
	const spans = text.split(",").map((item) => parseSpan(item, largest));
	return spans.every((span) => span !== undefined) ? spans : undefined;
}

/**
 * Where a connection is sent, as iptables prints it: `10.0.0.1`, `:80`, `10.0.0.1-10.0.0.9:80-90`, `[fd00::1]:80`.
 * Undefined for anything else.
 */
export function parseDestination(text: string): Action | undefined {
	const [, bracketed, bare, portText] =
		/^(?:\[([\da-fA-F:.-]+)\]|([\d.-]*|[\da-fA-F:]*::?[\da-fA-F:.-]*))(?::(\d+(?:-\d+)?))?$/.exec(text) ?? [];
	const address = bracketed ?? bare;
	const ports = portText === undefined ? undefined : parseSpan(portText, largestPort);
	const isKnown = address === "" || address?.split("-").every((end) => parseAddress(end) !== undefined);
	if (!isKnown || (portText !== undefined && ports === undefined) || text === "") {
		return undefined;
	}
	return {
		kind: "dnat",
		...(address ? { address } : {}),
		...(ports === undefined ? {} : { ports }),
	};
}

/** Names for the protocols that rules are about, by number (IANA's protocol-numbers); any other keeps its number. */
const protocols: Readonly<Record<string, string>> = {
	1: "icmp",
	6: "tcp",
	17: "udp",
	33: "dccp",
	50: "esp",
	51: "ah",
	58: "ipv6-icmp",
	132: "sctp",
	136: "udplite",
	icmpv6: "ipv6-icmp",
};

/** One spelling for a protocol, whichever way a tool printed it. */
export function protocolName(printed: string | number): string {
	return protocols[printed] ?? String(printed);
}
