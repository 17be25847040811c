import { readFileSync } from "node:fs";
import { formatAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { Endpoint } from "../proxy/endpoint.ts";

const files: Readonly<Record<Family, string>> = { ipv4: "/proc/self/net/tcp", ipv6: "/proc/self/net/tcp6" };

/**
 * At which of this network namespace's ports connections from a client's end arrived: that is the other half of a
 * connection that stayed here, be it with a program of ours or not.
 */
export function portsReachedFrom(client: Endpoint, family: Family): number[] {
	const text = readFileSync(files[family], "utf8");
	return parseSocketTable(text)
		.filter(({ remote }) => remote.port === client.port && remote.address === client.address)
		.map(({ local }) => local.port);
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
	const family = words.length === 1 ? "ipv4" : "ipv6";
	const bytes = [...new Uint8Array(words.buffer)];
	return { address: formatAddress({ family, bytes }), port: Number.parseInt(port, 16) };
}
