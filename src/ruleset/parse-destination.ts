import { parseAddress } from "../domain/cidr.ts";
import { largestPort, parseSpan } from "./parse-spans.ts";
import type { Action } from "./ruleset.ts";

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
