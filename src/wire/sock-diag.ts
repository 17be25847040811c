import type { Family } from "../domain/family.ts";
import { type ByteOrder, type Bytes, be16At, u8, type Words, words, zeros } from "./bytes.ts";
import type { TcpState } from "./conntrack.ts";
import { type ReadDump, readEach, type Told } from "./dump.ts";
import { flag, generalHeaderLength, protocolFamily } from "./nf-tables.ts";

/** TCP sockets as sock_diag(7) tells of them: linux/sock_diag.h and linux/inet_diag.h. */

const byFamily = 20; // SOCK_DIAG_BY_FAMILY
const tcp = 6; // IPPROTO_TCP
const everyState = 0xffff_ffff;
/** struct inet_diag_sockid: two ports, two addresses of 16 bytes each, an interface's number, a cookie. */
const idLength = 48;
/** struct inet_diag_msg, of which the first four bytes are family, state, timer and retransmissions. */
const messageLength = 72;
/** Offsets in it, from its beginning. */
const at = { state: 1, localPort: 4, remotePort: 6, local: 8, remote: 24, uid: 64, inode: 68 } as const;

/** enum of net/tcp_states.h, from TCP_ESTABLISHED (1) on; the last two are a half-made one and one that is but bound. */
export const socketStates: readonly (TcpState | "listen" | undefined)[] = [
	undefined,
	"established",
	"syn-sent",
	"syn-recv",
	"fin-wait",
	"fin-wait",
	"time-wait",
	"close",
	"close-wait",
	"last-ack",
	"listen",
	"last-ack",
	"syn-recv",
	"close",
];

/** A TCP socket of this network namespace. Addresses are byte strings, of 4 bytes also where an IPv6 socket speaks IPv4. */
export interface SocketFacts {
	readonly family: Family;
	readonly local: Bytes;
	readonly localPort: number;
	readonly remote: Bytes;
	readonly remotePort: number;
	readonly state: TcpState | "listen";
	/** Whom it belongs to; undefined where nobody has it open any more and the kernel keeps it alone. */
	readonly owner?: SocketOwner;
}

export interface SocketOwner {
	readonly uid: number;
	/** What /proc/PID/fd shows as `socket:[INODE]`. */
	readonly inode: number;
}

/** All TCP sockets of a family. */
export function dumpSockets(family: Family, order: ByteOrder): Bytes {
	const { u32, message } = words[order];
	// struct inet_diag_req_v2: family, protocol, extensions, padding, states, id
	const body = u8(protocolFamily[family]) + u8(tcp) + zeros(2) + u32(everyState) + zeros(idLength);
	return message({ type: byFamily, flags: flag.request | flag.dump, sequence: 1 }, body);
}

/** Puts the answer to {@link dumpSockets} together. */
export function readSockets(datagrams: readonly Bytes[], order: ByteOrder): ReadDump<SocketFacts> {
	return readEach(datagrams, byFamily, order, socketIn);
}

function socketIn({ bytes, attributes, scope }: Told, { u32At }: Words): SocketFacts | undefined {
	// The message begins with the four bytes that a dump of nfnetlink has for a header.
	const start = attributes.start - generalHeaderLength;
	const state = socketStates[bytes.charCodeAt(start + at.state)];
	if (state === undefined || (scope !== "ipv4" && scope !== "ipv6")) {
		return undefined;
	}
	if (attributes.end - start < messageLength) {
		return undefined;
	}
	const length = scope === "ipv4" ? 4 : 16;
	return socketOf({
		local: bytes.slice(start + at.local, start + at.local + length),
		localPort: be16At(bytes, start + at.localPort),
		remote: bytes.slice(start + at.remote, start + at.remote + length),
		remotePort: be16At(bytes, start + at.remotePort),
		state,
		uid: u32At(bytes, start + at.uid),
		inode: u32At(bytes, start + at.inode),
	});
}

/** As the kernel tells of one; addresses of 4 or 16 bytes, both alike. */
interface ToldSocket extends Omit<SocketFacts, "family" | "owner">, SocketOwner {}

export function socketOf({ local, remote, uid, inode, ...rest }: ToldSocket): SocketFacts {
	const isMapped = local.startsWith(mapped) && remote.startsWith(mapped);
	return {
		...rest,
		family: isMapped || local.length === 4 ? "ipv4" : "ipv6",
		local: isMapped ? local.slice(mapped.length) : local,
		remote: isMapped ? remote.slice(mapped.length) : remote,
		// Without an inode there is no user either, only a 0 (inet_twsk_diag_fill of net/ipv4/inet_diag.c).
		...(inode === 0 ? {} : { owner: { uid, inode } }),
	};
}

/** How an IPv6 socket shows an IPv4 address (RFC 4291, 2.5.5.2). */
export const mapped = `${zeros(10)}\xff\xff`;
