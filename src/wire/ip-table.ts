import type { Family } from "../domain/family.ts";
import { type Bytes, padded, u8, type Words } from "./bytes.ts";
import type { Extension } from "./xtables.ts";

/**
 * A nat table of ip_tables or ip6_tables, taken apart: rules by chain, and chains by name where the kernel has offsets.
 * What a rule says stays as it came, so that a table that holds others' rules can be put together again.
 */
export interface IpTable {
	readonly family: Family;
	/** First those that the kernel enters, by hook. */
	readonly chains: readonly IpChain[];
}

export interface IpChain {
	readonly name: Bytes;
	readonly rules: readonly IpRule[];
	/** Absent for a chain that is reached by jumps alone. */
	readonly base?: { readonly hook: number; readonly policy: "accept" | "drop" };
	/** As {@link IpRule.entry}, of the entry that ends the chain, which is its policy or a return. */
	readonly endEntry?: number;
}

export interface IpRule {
	/** struct ipt_ip or struct ip6t_ip6: addresses, interfaces and protocol. */
	readonly packet: Bytes;
	/** Each a struct xt_entry_match with its data, one behind the other; {@link extensionsIn} takes them apart. */
	readonly matches: Bytes;
	readonly target: IpTarget;
	/** Which entry it was in the table that was read, from 0; absent for a rule that is new. */
	readonly entry?: number;
}

export type IpTarget =
	/** Where a flag in the packet says so, a `goto`. */
	| { readonly kind: "jump"; readonly chain: Bytes }
	| { readonly kind: "accept" | "drop" | "queue" | "return" }
	/** On to the next rule. */
	| { readonly kind: "next" }
	/** struct xt_entry_target with its data. */
	| { readonly kind: "extension"; readonly bytes: Bytes };

/** By hook number (linux/netfilter.h). The nat table has no chain at FORWARD. */
export const baseChainNames = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"] as const;

/** How the structs of a family lie in memory, in 64-bit programs. */
export interface Layout {
	/** Length of struct ipt_ip or struct ip6t_ip6, which begin an entry. */
	readonly packet: number;
	/** Of target_offset in struct ipt_entry; next_offset follows it, and then what is the kernel's own. */
	readonly offsets: number;
	/** Length of the entry without matches and target. */
	readonly header: number;
	/** IPT_F_GOTO: the bit, and where the flags are. */
	readonly gotoFlag: number;
	readonly flags: number;
	readonly inversions: number;
	readonly protocol: number;
	/** Of an address. */
	readonly address: number;
	/** Of the name of the interface in, after which come that of the one out and both masks. */
	readonly interfaces: number;
}

/** linux/netfilter_ipv4/ip_tables.h and linux/netfilter_ipv6/ip6_tables.h */
export const layouts: Readonly<Record<Family, Layout>> = {
	ipv4: {
		packet: 84,
		offsets: 88,
		header: 112,
		gotoFlag: 2,
		flags: 82,
		inversions: 83,
		protocol: 80,
		address: 4,
		interfaces: 16,
	},
	ipv6: {
		packet: 136,
		offsets: 140,
		header: 168,
		gotoFlag: 4,
		flags: 131,
		inversions: 132,
		protocol: 128,
		address: 16,
		interfaces: 64,
	},
};

/** struct xt_entry_match and struct xt_entry_target: a size of two bytes, a name of 29, and a revision. */
export const extensionHeader = 32;
/** struct xt_standard_target, whose data is a verdict of four bytes. */
export const standardTarget = 40;
/** struct xt_error_target, whose data is a name of 30 bytes. */
export const errorTarget = 64;
/** The name of an entry that stands in front of a chain, and of the last one. */
export const errorName = "ERROR";
/** struct xt_counters: packets and bytes. */
export const counterLength = 16;
/** Length of a table's name in all structs (XT_TABLE_MAXNAMELEN). */
export const tableNameLength = 32;

/** What a standard target's number says, as -NF_ACCEPT - 1. Any number from 0 is an offset. */
export const verdicts = { drop: -1, accept: -2, queue: -4, return: -5 } as const;

/** A match or target as it stands in an entry. */
export function extensionBytes({ name, revision, data }: Extension, { u16 }: Words): Bytes {
	return u16(extensionHeader + data.length) + padded(name, extensionHeader - 3) + u8(revision) + data;
}

/** Matches or targets that stand one behind the other; undefined where a length among them is wrong. */
export function extensionsIn(bytes: Bytes, { u16At }: Words): Extension[] | undefined {
	const extensions: Extension[] = [];
	for (let at = 0; at < bytes.length; ) {
		const size = u16At(bytes, at);
		if (size < extensionHeader || at + size > bytes.length) {
			return undefined;
		}
		extensions.push({
			name: upToNul(bytes.slice(at + 2, at + extensionHeader - 1)),
			revision: bytes.charCodeAt(at + extensionHeader - 1),
			data: bytes.slice(at + extensionHeader, at + size),
		});
		at += size;
	}
	return extensions;
}

export function upToNul(bytes: Bytes): Bytes {
	return bytes.split("\0", 1)[0] ?? "";
}
