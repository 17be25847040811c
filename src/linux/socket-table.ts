import { readFileSync } from "node:fs";
import { formatAddress } from "../domain/cidr.ts";
import type { Endpoint } from "../domain/endpoint.ts";

/**
 * At which of this network namespace's ports connections from a client's end arrived: that is the other half of a
 * connection that stayed here, be it with a program of ours or not.
 */
export function portsReachedFrom(client: Endpoint): number[] {
	return files
		.flatMap((file) => parseSocketTable(readTable(file)))
		.filter(({ remote }) => remote.port === client.port && remote.address === client.address)
		.map(({ local }) => local.port);
}

/** Who listens on both families at once has IPv4's connections in the second, too. */
const files = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];

function readTable(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch {
		// A kernel without IPv6.
		return "";
	}
}

/** The format of proc(5): an address is hexadecimal, in words of 32 bits in the machine's own order; a port is in order. */
export function parseSocketTable(text: string): { readonly local: Endpoint; readonly remote: Endpoint }[] {
	return text
		.split("\n")
		.slice(1)
		.flatMap((line) => {
			const [, local, remote] = line.trim().split(/\s+/);
			return local === undefined || remote === undefined
				? []
				: [{ local: parseEnd(local), remote: parseEnd(remote) }];
		});
}

function parseEnd(text: string): Endpoint {
	const [address = "", port = ""] = text.split(":");
	const words = Uint32Array.from(address.match(/.{8}/g) ?? [], (word) => Number.parseInt(word, 16));
	const bytes = [...new Uint8Array(words.buffer)];
	const isIpv4 = bytes.length === 4 || mapped.every((byte, index) => bytes[index] === byte);
	return {
		address: formatAddress(isIpv4 ? { family: "ipv4", bytes: bytes.slice(-4) } : { family: "ipv6", bytes }),
		port: Number.parseInt(port, 16),
	};
}

/** How an IPv6 socket shows an IPv4 address (RFC 4291, 2.5.5.2). */
const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
