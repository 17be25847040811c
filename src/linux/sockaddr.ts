import { formatAddress, parseAddress } from "../domain/cidr.ts";
import type { Endpoint } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";

/** AF_INET and AF_INET6 of Linux's headers, the same on every architecture, as a socket's domain and in addresses. */
export const addressFamilies: Readonly<Record<Family, number>> = { ipv4: 2, ipv6: 10 };

/** SOL_IP and SOL_IPV6, the levels of getsockopt(2); the same on every architecture too. */
export const protocolLevels: Readonly<Record<Family, number>> = { ipv4: 0, ipv6: 41 };

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

/** What {@link parseSockaddr} reads, without a zone. */
export function encodeSockaddr(family: Family, { address, port }: Endpoint): Uint8Array {
	const bytes = Buffer.alloc(family === "ipv4" ? 16 : sockaddrLength);
	new Uint16Array(bytes.buffer, bytes.byteOffset, 1)[0] = addressFamilies[family];
	bytes.writeUInt16BE(port, 2);
	bytes.set(parseAddress(address)?.bytes ?? [], family === "ipv4" ? 4 : 8);
	return bytes;
}
