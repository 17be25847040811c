import { endianness } from "node:os";
import type { Errno } from "../host/errno.ts";
import { errnoOf } from "./errno.ts";
import type { Libc } from "./libc.ts";
import type { NetlinkSocket } from "./netlink.ts";

const netlink = 16; // AF_NETLINK
const rawCloseOnExec = 3 | 0o2000000; // SOCK_RAW | SOCK_CLOEXEC
const protocols = { route: 0, netfilter: 12 } as const; // NETLINK_ROUTE, NETLINK_NETFILTER
/** The kernel has queued its answer before send(2) returns, so a wait could only be for something that is lost. */
const doNotWait = 0x40; // MSG_DONTWAIT
/** The kernel never puts more than 32 KiB in one datagram of a dump (netlink_dump in net/netlink/af_netlink.c). */
const datagramLength = 32_768;

/** Who opens it closes it. */
export interface OpenNetlinkSocket extends NetlinkSocket {
	close(): void;
}

/** Speaks in the network namespace in which it was opened, for as long as it is open. */
export function openNetlink(libc: Libc, protocol: keyof typeof protocols): OpenNetlinkSocket | Errno {
	const descriptor = libc.socket(netlink, rawCloseOnExec, protocols[protocol]);
	if (descriptor < 0) {
		return errnoOf(libc.errno());
	}
	return {
		order: endianness() === "LE" ? "little" : "big",
		send: (bytes) => libc.send(descriptor, Uint8Array.from(bytes), bytes.length, 0) === bytes.length,
		receive: () => {
			const datagram = new Uint8Array(datagramLength);
			const length = libc.recv(descriptor, datagram, datagram.length, doNotWait);
			return length > 0 ? datagram.subarray(0, length) : undefined;
		},
		close: () => {
			libc.close(descriptor);
		},
	};
}

export function withNetfilterSocket<Value>(
	libc: Libc,
	use: (socket: NetlinkSocket) => Value,
	otherwise: (errno: Errno) => Value,
): Value {
	const socket = openNetlink(libc, "netfilter");
	if (!("send" in socket)) {
		return otherwise(socket);
	}
	try {
		return use(socket);
	} finally {
		socket.close();
	}
}
