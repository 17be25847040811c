import { formatAddress, parseAddress } from "../domain/cidr.ts";
import type { Endpoint } from "../domain/endpoint.ts";
import { parsePort } from "../domain/port.ts";
import { fail, ok, type Result } from "../domain/problem.ts";

/** `192.0.2.2:1404` or `[fd00::1]:20001`. */
export function parseSocketAddress(text: string, source: string): Result<Endpoint> {
	const [, bracketed, plain, portText = ""] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(text) ?? [];
	const address = parseAddress(bracketed ?? plain ?? "");
	const port = parsePort(portText, source);
	const isOfItsForm = address?.family === (bracketed === undefined ? "ipv4" : "ipv6");
	return address !== undefined && isOfItsForm && port.ok
		? ok({ address: formatAddress(address), port: port.value })
		: fail({
				source,
				value: text,
				complaint: "is not an address with a port",
				accepted: "ADDRESS:PORT, such as 192.0.2.2:1404 or [fd00::1]:20001",
			});
}
