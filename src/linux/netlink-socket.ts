import type { Errno } from "../host/errno.ts";
import type { NetlinkProtocol } from "../host/host.ts";
import { words } from "../wire/bytes.ts";
import { isByteString, machineOrder, toByteString, toBytes } from "./byte-string.ts";
import { errnoOf, invalidArgument } from "./errno.ts";
import type { Libc } from "./libc.ts";

const { u16, u32 } = words[machineOrder];
const netlink = 16; // AF_NETLINK
const rawCloseOnExec = 3 | 0o2000000; // SOCK_RAW | SOCK_CLOEXEC
/** NETLINK_ROUTE, NETLINK_SOCK_DIAG, NETLINK_NETFILTER */
const protocols: Readonly<Record<NetlinkProtocol, number>> = { route: 0, "sock-diag": 4, netfilter: 12 };
const netlinkLevel = 270; // SOL_NETLINK
const [capAck, extendedAck] = [10, 11]; // NETLINK_CAP_ACK, NETLINK_EXT_ACK
const socketLevel = 1;
const [sendBuffer, receiveBuffer, sendBufferForce] = [7, 8, 32]; // SO_SNDBUF, SO_RCVBUF, SO_SNDBUFFORCE
/** What netlink_sendmsg (net/netlink/af_netlink.c) takes off the buffer before it compares. */
const sendOverhead = 32;
/** No socket has less, whatever sysctl says (SOCK_MIN_SNDBUF in net/sock.h is more than twice that). */
const leastRoom = 2048;
/** The kernel has queued its answer before send(2) returns, so a wait could only be for something that is lost. */
const doNotWait = 0x40; // MSG_DONTWAIT
const tellWholeLength = 0x20; // MSG_TRUNC
/** The kernel never puts more than 32 KiB in one datagram of a dump (netlink_dump in net/netlink/af_netlink.c). */
const datagramLength = 32_768;
/** For all sockets, since nothing else runs between a call and the copy of what it received. */
const received = new Uint8Array(datagramLength);
const [tryAgain, messageTooLong] = [11, 90]; // EAGAIN, EMSGSIZE

/** Who opens it closes it. Speaks in the network namespace in which it was opened, for as long as it is open. */
export class OpenNetlink {
	readonly #libc: Libc;
	readonly #descriptor: number;

	/** For `pollSockets`. */
	get descriptor(): number {
		return this.#descriptor;
	}

	private constructor(libc: Libc, descriptor: number) {
		this.#libc = libc;
		this.#descriptor = descriptor;
	}

	static open(libc: Libc, protocol: NetlinkProtocol): OpenNetlink | Errno {
		const descriptor = libc.socket(netlink, rawCloseOnExec, protocols[protocol]);
		return descriptor < 0 ? errnoOf(libc.errno()) : new OpenNetlink(libc, descriptor);
	}

	/** As {@link Host.netlink}. */
	ask(request: string): readonly string[] | Errno {
		if (!isByteString(request)) {
			return invalidArgument;
		}
		const bytes = toBytes(request);
		// Kernels before 4.3 and 4.12 lack these, and then tell less.
		this.#set(netlinkLevel, capAck, 1);
		this.#set(netlinkLevel, extendedAck, 1);
		this.#makeRoom(bytes.length);
		const sent = this.#libc.send(this.#descriptor, bytes, bytes.length, 0);
		return sent < 0 ? this.#lastError() : this.#receiveAll();
	}

	/**
	 * Has the kernel tell that something has happened in a multicast group of the protocol (1–32): the socket becomes readable,
	 * or fails. Of what happened it keeps as little as it can, since nobody may read it. Answers with what was in the way.
	 */
	listen(group: number): Errno | undefined {
		// The kernel makes it SOCK_MIN_RCVBUF, and what finds no room there is an error of the socket (netlink_overrun).
		this.#set(socketLevel, receiveBuffer, 0);
		// Only bind(2) gives it a port. NETLINK_ADD_MEMBERSHIP alone joins the group too, and then hears of nothing: a message
		// that leaves nobody out leaves out port 0 (do_one_broadcast in net/netlink/af_netlink.c).
		const address = toBytes(u16(netlink) + u16(0) + u32(0) + u32(2 ** (group - 1))); // struct sockaddr_nl
		return this.#libc.bind(this.#descriptor, address, address.length) === 0 ? undefined : this.#lastError();
	}

	close(): void {
		this.#libc.close(this.#descriptor);
	}

	/** The next part of a dump is made as one is received, so that nothing is queued after the last one alone. */
	#receiveAll(): readonly string[] | Errno {
		const datagrams: string[] = [];
		const buffer = received;
		for (;;) {
			const length = this.#libc.recv(this.#descriptor, buffer, buffer.length, doNotWait | tellWholeLength);
			if (length > buffer.length) {
				return errnoOf(messageTooLong);
			}
			if (length < 0) {
				const errno = this.#lastError();
				return errno.number === tryAgain ? datagrams : errno;
			}
			datagrams.push(toByteString(buffer.subarray(0, length)));
		}
	}

	/** Not permitted in a user namespace of one's own is only the first way, which knows no limit. */
	#makeRoom(length: number): void {
		if (length + sendOverhead <= leastRoom) {
			return;
		}
		const value = new Uint8Array(4);
		this.#libc.getsockopt(this.#descriptor, socketLevel, sendBuffer, value, Uint32Array.of(4));
		const room = new Int32Array(value.buffer)[0] ?? 0;
		const wanted = length + sendOverhead;
		if (wanted > room && !this.#set(socketLevel, sendBufferForce, wanted)) {
			this.#set(socketLevel, sendBuffer, wanted);
		}
	}

	#set(level: number, name: number, number: number): boolean {
		const value = new Uint8Array(Int32Array.of(number).buffer);
		return this.#libc.setsockopt(this.#descriptor, level, name, value, value.length) === 0;
	}

	#lastError(): Errno {
		return errnoOf(this.#libc.errno());
	}
}

/** As {@link Host.netlink}. */
export function askNetlink(
	libc: Libc,
	request: string,
	protocol: NetlinkProtocol,
): readonly string[] | Errno {
	const socket = OpenNetlink.open(libc, protocol);
	if (!(socket instanceof OpenNetlink)) {
		return socket;
	}
	try {
		return socket.ask(request);
	} finally {
		socket.close();
	}
}
