import type { Family } from "../domain/family.ts";
import { type PortRange, singlePorts } from "../domain/port.ts";
import { type Bytes, be16, fixedString, padded, u8, type Words, zeros } from "./bytes.ts";

/**
 * A match or a target of xtables with its own data, as both of iptables' dialects hand it to the kernel: legacy behind
 * a struct xt_entry_match, nft as an expression of nft_compat. Data is padded to eight bytes (XT_ALIGN in
 * linux/netfilter/x_tables.h, on 64 bits), which legacy asks for.
 */
export interface Extension {
	readonly name: string;
	readonly revision: number;
	readonly data: Bytes;
}

/** XT_MULTI_PORTS in linux/netfilter/xt_multiport.h: of these a range takes two. */
export const multiportSlots = 15;

/** Of struct xt_multiport_v1: two bytes, the ports, whether each begins a range, and whether all is turned around. */
export const multiportLength = 2 + 3 * multiportSlots + 1;

/**
 * `-m multiport --dports`: struct xt_multiport_v1 in linux/netfilter/xt_multiport.h, whose ports are in the machine's
 * order. Throws RangeError for more than fit.
 */
export function multiport({ u16 }: Words, ports: readonly PortRange[]): Extension {
	const singles = singlePorts(ports);
	let numbers = "";
	let flags = "";
	for (const port of singles ?? []) {
		numbers += u16(port);
	}
	if (singles === undefined) {
		for (const { low, high } of ports) {
			const isRange = low !== high;
			numbers += isRange ? u16(low) + u16(high) : u16(low);
			flags += isRange ? "\x01\0" : "\0";
		}
	}
	const count = numbers.length / 2;
	if (count > multiportSlots) {
		throw new RangeError(`a multiport match holds ${multiportSlots} ports, not ${count}`);
	}
	const data = `${multiportDestination}${u8(count)}${padded(numbers, 2 * multiportSlots)}${padded(flags, multiportSlots)}\0`;
	return { name: "multiport", revision: 1, data };
}

const multiportDestination = "\x01"; // XT_MULTIPORT_DESTINATION

/** `--uid-owner` or `--gid-owner` of one number: struct xt_owner_match_info in linux/netfilter/xt_owner.h. */
export function owner({ u32 }: Words, kind: "uid" | "gid", id: number): Extension {
	const range = u32(id) + u32(id);
	const data =
		kind === "uid"
			? `${range}${zeros(8)}${ownerUid}\0${zeros(6)}`
			: `${zeros(8)}${range}${ownerGid}\0${zeros(6)}`;
	return { name: "owner", revision: 1, data };
}

const ownerUid = "\x01"; // XT_OWNER_UID
const ownerGid = "\x02"; // XT_OWNER_GID

/** XT_MAX_COMMENT_LEN in linux/netfilter/xt_comment.h, the NUL at its end included. */
export const commentLength = 256;

/** Throws RangeError for more than 255 bytes. */
export function comment(text: string): Extension {
	return { name: "comment", revision: 0, data: fixedString(text, commentLength) };
}

/** `-m tcp --dport`: struct xt_tcp in linux/netfilter/xt_tcpudp.h, in legacy; nft has an expression of its own for it. */
export function tcp({ u16 }: Words, { low, high }: PortRange): Extension {
	return { name: "tcp", revision: 0, data: `\0\0\xff\xff${u16(low)}${u16(high)}${zeros(8)}` };
}

/**
 * `-j REDIRECT --to-ports`: struct nf_nat_ipv4_multi_range_compat for IPv4, struct nf_nat_range for IPv6, both in
 * linux/netfilter/nf_nat.h. The port is in network order, the flags in the machine's.
 */
export function redirect({ u32 }: Words, family: Family, port: number): Extension {
	const ports = be16(port) + be16(port);
	const flags = u32(portsGiven);
	const data =
		family === "ipv4" ? `${u32(1)}${flags}${zeros(8)}${ports}${zeros(4)}` : `${flags}${zeros(32)}${ports}`;
	return { name: "REDIRECT", revision: 0, data };
}

const portsGiven = 2; // NF_NAT_RANGE_PROTO_SPECIFIED
