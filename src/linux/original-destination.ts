import type { Endpoint } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";
import { errnoOf } from "./errno.ts";
import { interfaceAddresses } from "./interface-addresses.ts";
import { type Libc, loadLibc } from "./libc.ts";
import { parseSockaddr, protocolLevels, sockaddrLength } from "./sockaddr.ts";

/**
 * Where a redirected connection was going before the redirect. Throws {@link NoOriginalDestination}. It is a
 * parameter everywhere, so that everything but the kernel's answer can be tested without rules and without root.
 */
export type OriginalDestination = (descriptor: number, family: Family) => Endpoint;

/** The kernel has no answer, most often because the connection was never redirected (ENOENT; ENOTCONN in gVisor). */
export class NoOriginalDestination extends Error {
	override readonly name = "NoOriginalDestination";
	/** As in errno(3). */
	readonly code: string;

	constructor(code: string) {
		super(`the kernel does not know the original destination: ${code}`);
		this.code = code;
	}
}

/**
 * The same number for both families: SO_ORIGINAL_DST in linux/netfilter_ipv4.h and IP6T_SO_ORIGINAL_DST in
 * linux/netfilter_ipv6/ip6_tables.h. An IPv6 socket asked at the IPv4 level would answer for an IPv4-mapped client only,
 * hence one listener per family.
 */
const originalDestinationOption = 80;

/** Throws where the C library cannot be had, as {@link loadLibc}. */
export function kernelOriginalDestination(): OriginalDestination {
	const libc = loadLibc();
	const { getsockopt, if_indextoname: nameOfInterface, errno } = libc;
	// The event loop is one thread and the answer is copied out at once, so one buffer serves every connection.
	const value = Buffer.alloc(sockaddrLength);
	const length = new Uint32Array(1);
	const name = Buffer.alloc(16);
	return (descriptor, family) => {
		length[0] = value.length;
		if (getsockopt(descriptor, protocolLevels[family], originalDestinationOption, value, length) !== 0) {
			throw new NoOriginalDestination(errnoOf(errno()).name);
		}
		const { address, port, scopeId } = parseSockaddr(value, family);
		if (!/^fe[89ab]/.test(address)) {
			return { address, port };
		}
		const zone = scopeId === 0 ? ownZone(libc, address) : nameOfInterface(scopeId, name);
		return { address: zone === null ? address : `${address}%${zone}`, port };
	};
}

/**
 * The kernel tells the zone of a link-local address only when the client has such an address too. Others can reach
 * but our own.
 */
function ownZone(libc: Libc, address: string): string | null {
	return interfaceAddresses(libc).find((own) => own.address === address)?.interface ?? null;
}
