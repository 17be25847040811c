import { formatAddress, parseAddress } from "./cidr.ts";
import { parsePort } from "./port.ts";
import { err, ok, type Result } from "./problem.ts";

/** Which of the two redirects a connection came through. */
export type Direction = "inbound" | "outbound";

export const directions: readonly Direction[] = ["inbound", "outbound"];

/** One end of a TCP connection. */
export interface Endpoint {
	/** Without brackets; a link-local IPv6 address carries its zone, as in `fe80::1%eth0`. */
	readonly address: string;
	readonly port: number;
}

/** `10.0.0.1:80`, `[fd00::1]:80` */
export function formatEndpoint({ address, port }: Endpoint): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `192.0.2.2:1404` or `[fd00::1]:20001`. */
export function parseEndpoint(text: string, source: string): Result<Endpoint> {
	const [, bracketed, plain, portText = ""] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text) ?? [];
	const address = parseAddress(bracketed ?? plain ?? "");
	const port = parsePort(portText, source);
	const isOfItsForm = address?.family === (bracketed === undefined ? "ipv4" : "ipv6");
	return address !== undefined && isOfItsForm && port.ok
		? ok({ address: formatAddress(address), port: port.value })
		: err({
				source,
				value: text,
				complaint: "is not an address with a port",
				accepted: "ADDRESS:PORT, such as 192.0.2.2:1404 or [fd00::1]:20001",
			});
}
