import type { Endpoint } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";
import { machineOrder } from "./byte-string.ts";
import { errnoOf } from "./errno.ts";
import type { Libc } from "./libc.ts";
import {
	addressFamilies,
	encodeSockaddr,
	parseSockaddr,
	protocolLevels,
	sockaddrLength,
} from "./sockaddr.ts";

// Numbers of Linux's headers; those of sockets are the same on every architecture that Node runs on.
const nonBlocking = 0o4000 | 0o2000000; // SOCK_NONBLOCK | SOCK_CLOEXEC
const [stream, datagram] = [1, 2];
const socketLevel = 1;
const [reuseAddress, errorOption, linger] = [2, 4, 13];
const hopLimits: Readonly<Record<Family, number>> = { ipv4: 2, ipv6: 16 }; // IP_TTL, IPV6_UNICAST_HOPS
const ipv6Only = 26;

/** A socket that never blocks. What fails answers with errno(3)'s name, because here failures are findings. */
export class TcpSocket {
	readonly family: Family;
	readonly descriptor: number;
	readonly #libc: Libc;

	private constructor(libc: Libc, family: Family, descriptor: number) {
		this.#libc = libc;
		this.family = family;
		this.descriptor = descriptor;
	}

	/**
	 * Belongs to the calling thread's filesystem user and group, and network namespace, of this moment; that is what
	 * rules about users look at (xt_owner.c and nft_meta.c read the cred of the socket's file).
	 */
	static open(libc: Libc, family: Family, kind: "stream" | "datagram" = "stream"): TcpSocket | string {
		const type = (kind === "stream" ? stream : datagram) | nonBlocking;
		const descriptor = libc.socket(addressFamilies[family], type, 0);
		return descriptor < 0 ? errnoOf(libc.errno()).name : new TcpSocket(libc, family, descriptor);
	}

	/** On every address of its family. Answers with what went wrong, such as `EADDRINUSE`. */
	listen(port: number): string | undefined {
		this.#set(socketLevel, reuseAddress, [1]);
		if (this.family === "ipv6") {
			this.#set(protocolLevels.ipv6, ipv6Only, [1]);
		}
		const isListening = this.#bind(port) && this.#libc.listen(this.descriptor, 512) === 0;
		return isListening ? undefined : this.#lastError();
	}

	/**
	 * Begins to connect, from a port of its own: left to connect(2), two connections to different places may come from
	 * one port and could not be told apart where they arrive. What no rule redirects goes no further than the next hop,
	 * and closing ends it without another word. Answers `EINPROGRESS` when the packet has gone out, undefined when the connection is there already.
	 */
	connect(to: Endpoint): string | undefined {
		this.#set(protocolLevels[this.family], hopLimits[this.family], [1]);
		this.#closeWithReset();
		this.#bind(0);
		const address = encodeSockaddr(this.family, to);
		return this.#libc.connect(this.descriptor, address, address.length) === 0 ? undefined : this.#lastError();
	}

	/** Undefined when nobody waits to be accepted. */
	accept(): { readonly socket: TcpSocket; readonly from: Endpoint } | undefined {
		const address = Buffer.alloc(sockaddrLength);
		const length = Uint32Array.of(sockaddrLength);
		const descriptor = this.#libc.accept(this.descriptor, address, length, nonBlocking);
		if (descriptor < 0) {
			return undefined;
		}
		const socket = new TcpSocket(this.#libc, this.family, descriptor);
		socket.#closeWithReset();
		return { socket, from: parseSockaddr(address, this.family) };
	}

	/** Undefined while nothing has gone wrong. Asking forgets it. */
	error(): string | undefined {
		const value = new Int32Array(1);
		this.#libc.getsockopt(
			this.descriptor,
			socketLevel,
			errorOption,
			new Uint8Array(value.buffer),
			Uint32Array.of(4),
		);
		return value[0] === 0 ? undefined : errnoOf(value[0] ?? 0).name;
	}

	local(): Endpoint | undefined {
		const address = Buffer.alloc(sockaddrLength);
		const isKnown = this.#libc.getsockname(this.descriptor, address, Uint32Array.of(sockaddrLength)) === 0;
		return isKnown ? parseSockaddr(address, this.family) : undefined;
	}

	close(): void {
		this.#libc.close(this.descriptor);
	}

	/** To every address of its family; port 0 is one that nobody has. */
	#bind(port: number): boolean {
		const any = encodeSockaddr(this.family, { address: this.family === "ipv4" ? "0.0.0.0" : "::", port });
		return this.#libc.bind(this.descriptor, any, any.length) === 0;
	}

	/** One packet, and no sequel to it when its way is gone. */
	#closeWithReset(): void {
		this.#set(socketLevel, linger, [1, 0]);
	}

	#lastError(): string {
		return errnoOf(this.#libc.errno()).name;
	}

	#set(level: number, name: number, numbers: readonly number[]): void {
		const value = new Uint8Array(Int32Array.from(numbers).buffer);
		this.#libc.setsockopt(this.descriptor, level, name, value, value.length);
	}
}

const [input, output] = [1, 4]; // POLLIN, POLLOUT
/** struct pollfd: an int and two shorts, the events that are waited for and those that there were */
const [entryLength, eventsOffset, happenedOffset] = [8, 4, 6];
const isLittleEndian = machineOrder === "little";

/**
 * Waits until something happens, so many milliseconds at most, and answers with the descriptors that have news, errors
 * among them. Undefined where the kernel does not say (poll(2)).
 */
export function pollSockets(
	libc: Libc,
	readable: readonly number[],
	writable: readonly number[],
	milliseconds: number,
): Set<number> | undefined {
	const descriptors = [...readable, ...writable];
	const bytes = new Uint8Array(descriptors.length * entryLength);
	const view = new DataView(bytes.buffer);
	for (const [index, descriptor] of descriptors.entries()) {
		view.setInt32(index * entryLength, descriptor, isLittleEndian);
		const events = index < readable.length ? input : output;
		view.setInt16(index * entryLength + eventsOffset, events, isLittleEndian);
	}
	if (libc.poll(bytes, descriptors.length, milliseconds) < 0) {
		return undefined;
	}
	const happened = (index: number) =>
		view.getInt16(index * entryLength + happenedOffset, isLittleEndian) !== 0;
	return new Set(descriptors.filter((_, index) => happened(index)));
}
