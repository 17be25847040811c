import { formatAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";

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

/** What the kernel fills in for an address of either family: struct sockaddr_in6 is the larger of the two. */
export const sockaddrLength = 28;

/**
 * Reads a struct sockaddr_in (ip(7)) or sockaddr_in6 (ipv6(7)). Port and address stand in network order; behind an
 * IPv6 address follows the index of the interface that a link-local address belongs to.
 */
export function parseSockaddr(bytes: Buffer, family: Family): Endpoint & { readonly scopeId: number } {
	const port = bytes.readUInt16BE(2);
	return family === "ipv4"
		? { address: dotted(bytes), port, scopeId: 0 }
		: {
				address: formatAddress({ family, bytes: [...bytes.subarray(8, 24)] }),
				port,
				scopeId: scopeOf(bytes),
			};
}

/** Once for every connection, so without the detour over an array. */
function dotted(bytes: Buffer): string {
	return `${bytes[4]}.${bytes[5]}.${bytes[6]}.${bytes[7]}`;
}

/** In the machine's own order. Every platform that Node runs on under Linux but s390x is little-endian. */
function scopeOf(bytes: Buffer): number {
	return new Uint32Array(bytes.buffer, bytes.byteOffset + 24, 1)[0] ?? 0;
}
