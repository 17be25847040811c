import { createRequire } from "node:module";
import { networkInterfaces } from "node:os";
import { getSystemErrorName } from "node:util";
import type { Endpoint } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";
import { parseSockaddr, sockaddrLength } from "./sockaddr.ts";

/**
 * Where a redirected connection was going before the redirect. Throws {@link NoOriginalDestination}. It is a
 * parameter everywhere, so that everything but the kernel's answer can be tested without rules and without root.
 */
export type OriginalDestination = (descriptor: number, family: Family) => Endpoint;

/** The kernel has no answer, most often because the connection was never redirected (ENOENT). */
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
 * The levels are those of getsockopt(2), the same on every architecture; the option's number is 80 for both:
 * SO_ORIGINAL_DST in linux/netfilter_ipv4.h and IP6T_SO_ORIGINAL_DST in linux/netfilter_ipv6/ip6_tables.h. An IPv6
 * socket asked at the IPv4 level would answer for an IPv4-mapped client only, hence one listener per family.
 */
const levels: Readonly<Record<Family, number>> = { ipv4: 0, ipv6: 41 };
const originalDestinationOption = 80;

/** Binds getsockopt(2) of the C library that Node itself runs on. Throws where koffi has no build for the platform. */
export function kernelOriginalDestination(): OriginalDestination {
	const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
	const libc = koffi.load(null);
	const getsockopt = libc.func(
		"int getsockopt(int fd, int level, int name, _Out_ void *value, _Inout_ void *length)",
	);
	const ifIndexToName = libc.func("const char *if_indextoname(unsigned int index, _Out_ void *name)");
	// The event loop is one thread and the answer is copied out at once, so one buffer serves every connection.
	const value = Buffer.alloc(sockaddrLength);
	const length = new Uint32Array(1);
	const name = Buffer.alloc(16);
	return (descriptor, family) => {
		length[0] = value.length;
		if (getsockopt(descriptor, levels[family], originalDestinationOption, value, length) !== 0) {
			throw new NoOriginalDestination(getSystemErrorName(-koffi.errno()));
		}
		const { address, port, scopeId } = parseSockaddr(value, family);
		if (!/^fe[89ab]/.test(address)) {
			return { address, port };
		}
		const zone: string | null = scopeId === 0 ? ownZone(address) : ifIndexToName(scopeId, name);
		return { address: zone === null ? address : `${address}%${zone}`, port };
	};
}

/**
 * The kernel tells the zone of a link-local address only when the client has such an address too. Others can reach
 * but our own.
 */
function ownZone(address: string): string | null {
	const [zone = null] =
		Object.entries(networkInterfaces()).find(([, own]) => own?.some((each) => each.address === address)) ??
		[];
	return zone;
}
