import type { Family } from "../domain/family.ts";
import type { BackendErrorCode, TableDialect } from "../domain/mode.ts";
import type { NatPacket } from "./match.ts";
import type { Hook } from "./plan.ts";
import type { FoundRule } from "./rule.ts";

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

/** What a table serves: one family, or both at once. */
export type Scope = Family | "inet";

export interface NatTable {
	/** By which programs it was made, and is read. */
	readonly dialect: TableDialect;
	readonly scope: Scope;
	/** `nat` in the dialects of iptables. */
	readonly name: string;
	readonly chains: readonly NatChain[];
	/** It has flags of nf_tables (nft(8), "TABLES"), which tables of ours have none of. */
	readonly hasFlags?: true;
	/** That the kernel takes no comments of rules; those of ours that are told were then inferred from what the rules are. */
	readonly comments?: false;
	/** The table's own, which nf_tables keeps since Linux 5.10. */
	readonly comment?: string;
}

export interface NatChain {
	readonly name: string;
	/** Absent for a chain that is reached by jumps alone. Hooks that a pod's connections are not steered at are left out. */
	readonly base?: Base;
	/** In order. They are read when they are asked for: there may be tens of thousands. */
	readonly rules: readonly FoundRule[];
}

/** A chain whose rules are read at the first question about them. */
export function chainOf(name: string, base: Base | undefined, read: () => readonly FoundRule[]): NatChain {
	let known: readonly FoundRule[] | undefined;
	return {
		name,
		...(base === undefined ? {} : { base }),
		get rules() {
			known ??= read();
			return known;
		},
	};
}

/** Where netfilter enters a chain. */
export interface Base {
	readonly hook: Hook;
	/** Lower comes first. The iptables dialects sit at -100 (NF_IP_PRI_NAT_DST in linux/netfilter_ipv4.h). */
	readonly priority: number;
	readonly policy: "accept" | "drop";
}

/** Something that is there and that we know nothing about. */
export interface Gap {
	readonly dialect: TableDialect;
	readonly scope: Scope;
	/** Absent where not even the table's name is known. */
	readonly table?: string;
	/** A clause without a full stop. */
	readonly why: string;
	readonly code: BackendErrorCode;
}

/** Whether packets of a family come through tables of this scope. */
export function sees(scope: Scope, family: Family): boolean {
	return scope === "inet" || scope === family;
}

/** A table as sentences name it: `table ip nat (legacy)`. */
export function describeTable({ dialect, scope, name }: Omit<NatTable, "chains">): string {
	return `table ${nftFamilies[scope]} ${name} (${dialect})`;
}

/** What nf_tables calls a scope. */
export const nftFamilies: Readonly<Record<Scope, string>> = { ipv4: "ip", ipv6: "ip6", inet: "inet" };

/** A chain's rules as they are in the kernel, each in the parts that it was taken apart into. */
export function wholeRules(rules: readonly FoundRule[]): readonly [FoundRule, ...FoundRule[]][] {
	const whole: [FoundRule, ...FoundRule[]][] = [];
	for (const rule of rules) {
		const last = whole.at(-1);
		if (last !== undefined && isPart(rule, last[0])) {
			last.push(rule);
		} else {
			whole.push([rule]);
		}
	}
	return whole;
}

/** Each rule with its place in the chain, from 1, which the parts of one share. */
export function* placed(
	rules: readonly FoundRule[],
): Generator<readonly [position: number, rule: FoundRule]> {
	let position = 0;
	for (const [index, rule] of rules.entries()) {
		position += isPart(rule, rules[index - 1]) ? 0 : 1;
		yield [position, rule];
	}
}

/** Whether the rule before it is another part of the same rule: a verdict map is taken apart (nftables/read-rule.ts). */
function isPart(rule: FoundRule, before: FoundRule | undefined): boolean {
	return rule.handle !== undefined && rule.handle === before?.handle;
}

/** The chain that a rule leads to, if it does. */
export function targetOf({ action }: FoundRule): string | undefined {
	return action.kind === "jump" || action.kind === "goto" ? action.chain : undefined;
}

/** A chain and those that its rules lead to, each once, whatever circles they make. */
export function reachable(table: NatTable, base: NatChain): NatChain[] {
	const found = [base];
	for (const { rules } of found) {
		for (const rule of rules) {
			const name = targetOf(rule);
			const next = name === undefined ? undefined : table.chains.find((chain) => chain.name === name);
			if (next !== undefined && !found.includes(next)) {
				found.push(next);
			}
		}
	}
	return found;
}

/** A chain that netfilter itself enters. */
export interface Entry {
	readonly table: NatTable;
	readonly chain: NatChain;
	readonly base: Base;
}

/**
 * The base chains that a packet comes through, first to last, in groups: chains of one group stand at one priority in
 * different tables, and which comes first depends on which was registered last (nf_hook_entries_grow in
 * net/netfilter/core.c puts a new one before its equals), which the kernel does not tell. Within a table the order
 * shows: chains are listed as they were made.
 */
export function entriesFor(ruleset: Ruleset, packet: Pick<NatPacket, "family" | "hook">): Entry[][] {
	const entries = ruleset.tables
		.filter((table) => sees(table.scope, packet.family))
		.flatMap((table) =>
			table.chains
				.toReversed()
				.flatMap((chain) =>
					chain.base?.hook === packet.hook ? [{ table, chain, base: chain.base } satisfies Entry] : [],
				),
		);
	const priorities = [...new Set(entries.map(({ base }) => base.priority))].sort((a, b) => a - b);
	return priorities.map((priority) => entries.filter(({ base }) => base.priority === priority));
}
