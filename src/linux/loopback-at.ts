import type { Libc } from "./libc.ts";

const [unix, datagramCloseOnExec] = [1, 2 | 0o2000000]; // AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC
const flagsByName = 0x8913; // SIOCGIFFLAGS in linux/sockios.h
const requestLength = 40; // struct ifreq of linux/if.h
const flagsOffset = 16; // IFNAMSIZ
const loopbackFlag = 8; // IFF_LOOPBACK

/** As {@link Host.loopbackAt}. A name that is no UTF-8 counts as not told: rtnetlink has its bytes. */
export function loopbackAt(libc: Libc, index: number): string | undefined {
	const request = new Uint8Array(requestLength);
	if (libc.if_indextoname(index, request) === null) {
		return undefined;
	}
	const descriptor = libc.socket(unix, datagramCloseOnExec, 0);
	if (descriptor < 0) {
		return undefined;
	}
	try {
		const isTold = libc.ioctl(descriptor, flagsByName, request) === 0;
		return isTold && ((request[flagsOffset] ?? 0) & loopbackFlag) !== 0 ? nameIn(request) : undefined;
	} finally {
		libc.close(descriptor);
	}
}

function nameIn(request: Uint8Array): string | undefined {
	const end = request.indexOf(0);
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(request.subarray(0, end));
	} catch {
		return undefined;
	}
}
