import type { BackendErrorCode } from "../backend/backend-error.ts";
import type { Cidr } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { Hook } from "../plan/plan.ts";

/**
 * The nat tables of a network namespace as they are, whoever made them: data that {@link traverse} can send a packet
 * through. Where a plan holds only what we would write, this holds what is found, and keeps verbatim what it cannot
 * read.
 */
export interface Ruleset {
	/** One for each table with chains of type nat, in no particular order. */
	readonly tables: readonly NatTable[];
	/** Tables that are there and could not be read, for want of a program for example. */
	readonly gaps: readonly Gap[];
	/** Tables that were read by a program that may leave out a part of a rule unsaid, and that no other confirmed. */
	readonly unconfirmed: readonly Gap[];
}

/** By which programs a table was made, and is read. */
export type TableDialect = "legacy" | "nft" | "nftables";

export interface NatTable {
	readonly dialect: TableDialect;
	/** The packets it sees: one family's, or both. */
	readonly scope: Family | "inet";
	/** `nat` in the dialects of iptables. */
	readonly name: string;
	readonly chains: readonly NatChain[];
}

export interface NatChain {
	readonly name: string;
	/** Absent for a chain that is reached by jumps alone. Hooks that a pod's connections are not steered at are left out. */
	readonly base?: Base;
	readonly rules: readonly NatRule[];
}

/** Where netfilter enters a chain. */
export interface Base {
	readonly hook: Hook;
	/** Lower comes first. The legacy and nft dialects sit at -100 (NF_IP_PRI_NAT_DST). */
	readonly priority: number;
	readonly policy: "accept" | "drop";
}

export interface NatRule {
	/** In the dialect's own words: behind `-A CHAIN` for iptables, as `nft list` shows it for nftables. */
	readonly text: string;
	/** All must hold. */
	readonly conditions: readonly Condition[];
	readonly action: Action;
	/** The comment it carries in the kernel, if any. */
	readonly comment?: string;
	/** nf_tables' number of it; those that one rule was taken apart into share one. */
	readonly handle?: number;
}

export interface Condition {
	/** The test must fail rather than hold. */
	readonly negated: boolean;
	readonly test: Test;
}

/** An inclusive range of whole numbers; a single one has both equal. */
export interface Span {
	readonly low: number;
	readonly high: number;
}

/** `eth+` to iptables and `eth*` to nftables is every interface whose name begins so. */
export interface InterfacePattern {
	readonly name: string;
	readonly isPrefix: boolean;
}

export type Test =
	| { readonly kind: "family"; readonly family: Family }
	/** Names where they have one that everybody uses (`tcp`, `udp`, `icmp`, `ipv6-icmp`, `sctp`), else numbers. */
	| { readonly kind: "protocol"; readonly protocols: readonly string[] }
	| { readonly kind: "source-port" | "destination-port"; readonly ports: readonly Span[] }
	| { readonly kind: "source" | "destination"; readonly subnets: readonly Cidr[] }
	| { readonly kind: "in-interface" | "out-interface"; readonly names: readonly InterfacePattern[] }
	| { readonly kind: "uid" | "gid"; readonly ids: readonly Span[] }
	/** The destination is an address of this machine (`addrtype --dst-type LOCAL`, `fib daddr type local`). */
	| { readonly kind: "destination-is-local" }
	| { readonly kind: "source-is-local" }
	| { readonly kind: "mark"; readonly value: number; readonly mask: number }
	/** Lower case: `new`, `established`, …. The nat tables see a connection's first packet, whose state is `new`. */
	| { readonly kind: "connection-state"; readonly states: readonly string[] }
	/** A condition that is not understood: whether it holds cannot be told. */
	| { readonly kind: "unparsed"; readonly text: string };

export type Action =
	/** Nothing that steers the packet: counters, logs, marks, an empty rule. */
	| { readonly kind: "continue" }
	| { readonly kind: "jump" | "goto"; readonly chain: string }
	| { readonly kind: "return" }
	/** Leave this base chain; later ones still see the packet. */
	| { readonly kind: "accept" }
	| { readonly kind: "drop" }
	/** To this machine; without ports, the destination port stays. */
	| { readonly kind: "redirect"; readonly ports?: Span }
	/** `address` as the rule spells it (a range is possible); absent where only the port changes. */
	| { readonly kind: "dnat"; readonly address?: string; readonly ports?: Span }
	/** What it does to a packet that matches cannot be told. */
	| { readonly kind: "unparsed"; readonly text: string };

/** Something that is there and that we know nothing about. */
export interface Gap {
	readonly dialect: TableDialect;
	readonly scope: Family | "inet";
	/** Absent where not even the table's name is known. */
	readonly table?: string;
	/** A clause without a full stop. */
	readonly why: string;
	readonly code: BackendErrorCode;
}
