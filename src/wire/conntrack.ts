import type { Family } from "../domain/family.ts";
import { fieldsIn, type Span } from "./attributes.ts";
import { type ByteOrder, type Bytes, be16At, type Words, words } from "./bytes.ts";
import { type ReadDump, readEach, type Told } from "./dump.ts";
import { flag } from "./nf-tables.ts";

/** Connection tracking as ctnetlink tells of it: the numbers of linux/netfilter/nfnetlink_conntrack.h. */

const newConnection = 1 << 8; // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_NEW
const getConnection = newConnection | 1; // IPCTNL_MSG_CT_GET
/** CTA_* of enum ctattr_type. */
const field = { original: 1, reply: 2, protocolInfo: 4, zone: 18 } as const;
const tupleField = { addresses: 1, protocol: 2 } as const; // CTA_TUPLE_*
const protocolField = { number: 1, sourcePort: 2, destinationPort: 3 } as const; // CTA_PROTO_*
/** CTA_IP_V4_SRC and so on, with the length of what they hold. */
const addressFields: Readonly<Record<Family, { source: number; destination: number; length: number }>> = {
	ipv4: { source: 1, destination: 2, length: 4 },
	ipv6: { source: 3, destination: 4, length: 16 },
};
const tcpInfo = 1; // CTA_PROTOINFO_TCP
const tcpField = { state: 1, originalFlags: 4 } as const; // CTA_PROTOINFO_TCP_*
const tcp = 6; // IPPROTO_TCP
/** IP_CT_TCP_FLAG_BE_LIBERAL of linux/netfilter/nf_conntrack_tcp.h. */
const liberal = 0x08;

/** enum tcp_conntrack of linux/netfilter/nf_conntrack_tcp.h; the last is a second SYN_SENT, from the other end. */
export const tcpStates = [
	"none",
	"syn-sent",
	"syn-recv",
	"established",
	"fin-wait",
	"close-wait",
	"last-ack",
	"time-wait",
	"close",
	"syn-sent",
] as const;

/** How far a TCP connection has come, as conntrack(8) and ss(8) call it. */
export type TcpState = (typeof tcpStates)[number];

/** One way through a connection. Addresses are byte strings of 4 or 16 bytes, ports numbers of 0-65535. */
export interface Flow {
	readonly source: Bytes;
	readonly sourcePort: number;
	readonly destination: Bytes;
	readonly destinationPort: number;
}

/** A TCP connection that the kernel tracks. */
export interface TrackedConnection {
	readonly family: Family;
	/** As its first packet had it. */
	readonly original: Flow;
	/** As answers have it: its source is where the connection really went. */
	readonly reply: Flow;
	readonly state: TcpState;
	/**
	 * Tracking began in the middle of it (nf_conntrack_tcp_loose): tcp_new of net/netfilter/nf_conntrack_proto_tcp.c then
	 * marks both ways as liberal, which it does for no connection that it saw begin. Which end began it is then unknown.
	 */
	readonly isPickedUp: boolean;
	/** 0 where there are no zones. */
	readonly zone: number;
}

/** All connections of the network namespace, of both families. */
export function dumpConnections(order: ByteOrder): Bytes {
	const header = { type: getConnection, flags: flag.request | flag.dump, sequence: 1 };
	// struct nfgenmsg of AF_UNSPEC
	return words[order].message(header, "\0\0\0\0");
}

/** Puts the answer to {@link dumpConnections} together. Connections of other protocols than TCP are left out. */
export function readConnections(datagrams: readonly Bytes[], order: ByteOrder): ReadDump<TrackedConnection> {
	return readEach(datagrams, newConnection, order, connectionOf);
}

function connectionOf(
	{ bytes, attributes, scope }: Told,
	order: Words,
): TrackedConnection | "not-asked-for" | undefined {
	const fields = fieldsIn(bytes, attributes, order);
	const family = scope === "inet" ? undefined : scope;
	if (fields === undefined || family === undefined) {
		return undefined;
	}
	const original = flowIn(bytes, fields[field.original], family, order);
	const reply = flowIn(bytes, fields[field.reply], family, order);
	if (
		original === undefined ||
		reply === undefined ||
		original === "not-asked-for" ||
		reply === "not-asked-for"
	) {
		return original === "not-asked-for" || reply === "not-asked-for" ? "not-asked-for" : undefined;
	}
	const info = tcpIn(bytes, fields[field.protocolInfo], order);
	const zone = fields[field.zone];
	return (
		info && { family, original, reply, ...info, zone: zone === undefined ? 0 : be16At(bytes, zone.start) }
	);
}

function flowIn(
	bytes: Bytes,
	tuple: Span | undefined,
	family: Family,
	order: Words,
): Flow | "not-asked-for" | undefined {
	const parts = tuple && fieldsIn(bytes, tuple, order);
	const addresses = parts?.[tupleField.addresses];
	const protocol = parts?.[tupleField.protocol];
	const ends = addresses && fieldsIn(bytes, addresses, order);
	const ports = protocol && fieldsIn(bytes, protocol, order);
	const number = ports?.[protocolField.number];
	if (ends === undefined || ports === undefined || number === undefined) {
		return undefined;
	}
	if (bytes.charCodeAt(number.start) !== tcp) {
		return "not-asked-for";
	}
	const names = addressFields[family];
	const source = exactly(names.length, bytes, ends[names.source]);
	const destination = exactly(names.length, bytes, ends[names.destination]);
	const sourcePort = exactly(2, bytes, ports[protocolField.sourcePort]);
	const destinationPort = exactly(2, bytes, ports[protocolField.destinationPort]);
	return source === undefined || destination === undefined || !sourcePort || !destinationPort
		? undefined
		: { source, sourcePort: be16At(sourcePort, 0), destination, destinationPort: be16At(destinationPort, 0) };
}

/** A connection that is being torn down is told without its state, since it has ended (ctnetlink_dump_info). */
function tcpIn(
	bytes: Bytes,
	info: Span | undefined,
	order: Words,
): Pick<TrackedConnection, "state" | "isPickedUp"> | undefined {
	if (info === undefined) {
		return { state: "close", isPickedUp: false };
	}
	const tcp = fieldsIn(bytes, info, order)?.[tcpInfo];
	const parts = tcp && fieldsIn(bytes, tcp, order);
	const number = exactly(1, bytes, parts?.[tcpField.state]);
	const state = number === undefined ? undefined : tcpStates[number.charCodeAt(0)];
	// struct nf_ct_tcp_flags: flags, mask
	const flags = exactly(2, bytes, parts?.[tcpField.originalFlags]);
	return state && { state, isPickedUp: ((flags?.charCodeAt(0) ?? 0) & liberal) !== 0 };
}

function exactly(length: number, bytes: Bytes, span: Span | undefined): Bytes | undefined {
	return span !== undefined && span.end - span.start === length
		? bytes.slice(span.start, span.end)
		: undefined;
}
