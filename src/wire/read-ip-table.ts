import type { Family } from "../domain/family.ts";
import { buildEntries, isSameInfo } from "./build-ip-table.ts";
import { type Bytes, textOf, type Words, zeros } from "./bytes.ts";
import {
	baseChainNames,
	errorName,
	errorTarget,
	extensionHeader,
	type IpChain,
	type IpRule,
	type IpTable,
	type IpTarget,
	layouts,
	standardTarget,
	upToNul,
	verdicts,
} from "./ip-table.ts";
import type { TableInfo } from "./ip-table-requests.ts";

/** A table, or why it is none that is understood. */
export type ReadTable = IpTable | { readonly why: string };

/**
 * Takes a table apart. One is understood where the very same bytes come out when it is put together again (but for what
 * the kernel counts and remembers): every offset, hook, policy and verdict is then what it is taken for.
 */
export function readIpTable(family: Family, info: TableInfo, entries: Bytes, order: Words): ReadTable {
	try {
		const table = takeApart(family, info, entries, order);
		const again = buildEntries(table, order);
		const isSame =
			again.entries === withoutKernelsOwn(family, entries, order) && isSameInfo(again.info, info);
		return isSame ? table : { why: "the table is not laid out as iptables would" };
	} catch (error) {
		if (error instanceof Unread) {
			return { why: error.message };
		}
		throw error;
	}
}

class Unread extends Error {}

interface Entry {
	readonly at: number;
	readonly end: number;
	readonly number: number;
	readonly packet: Bytes;
	readonly matches: Bytes;
	/** struct xt_entry_target with its data. */
	readonly target: Bytes;
	readonly targetName: Bytes;
}

function takeApart(family: Family, info: TableInfo, bytes: Bytes, order: Words): IpTable {
	const entries = splitEntries(family, bytes, order);
	if (entries.length !== info.entryCount || bytes.length !== info.size) {
		throw new Unread(`there are ${entries.length} entries where there should be ${info.entryCount}`);
	}
	const groups = [...baseGroups(info, entries), ...userGroups(info, entries)];
	const names = new Map(groups.map(({ name, start }) => [start, name]));
	if (new Set(names.values()).size !== groups.length) {
		throw new Unread("two chains have one name");
	}
	return { family, chains: groups.map((group) => chainOf(group, names, order)) };
}

function chainOf({ name, base, entries }: Group, names: ReadonlyMap<number, Bytes>, order: Words): IpChain {
	const end = entries.at(-1);
	if (end === undefined) {
		throw new Unread(`chain ${textOf(name)} has no end`);
	}
	const rules = entries.slice(0, -1).map((entry) => ruleOf(entry, names, order));
	if (base === undefined) {
		return { name, rules, endEntry: end.number };
	}
	const policy = standardVerdict(end, order) === verdicts.drop ? "drop" : "accept";
	return { name, rules, base: { hook: base, policy }, endEntry: end.number };
}

/** Entries lie one behind the other, without gaps. */
function splitEntries(family: Family, bytes: Bytes, order: Words): Entry[] {
	const { offsets, header, packet } = layouts[family];
	const entries: Entry[] = [];
	for (let at = 0; at < bytes.length; ) {
		const target = order.u16At(bytes, at + offsets);
		const length = order.u16At(bytes, at + offsets + 2);
		const end = at + length;
		if (target < header || length < target + extensionHeader || end > bytes.length) {
			throw new Unread(`the entry at ${at} has no end`);
		}
		entries.push({
			at,
			end,
			number: entries.length,
			packet: bytes.slice(at, at + packet),
			matches: wholeExtensions(bytes, at + header, at + target, order),
			target: wholeExtensions(bytes, at + target, end, order),
			targetName: upToNul(bytes.slice(at + target + 2, at + target + extensionHeader - 1)),
		});
		if (order.u16At(bytes, at + target) !== length - target) {
			throw new Unread(`the entry at ${at} has more than one target`);
		}
		at = end;
	}
	return entries;
}

/** Matches or a target whose lengths add up. */
function wholeExtensions(bytes: Bytes, start: number, end: number, { u16At }: Words): Bytes {
	for (let at = start; at < end; ) {
		const size = u16At(bytes, at);
		if (size < extensionHeader || at + size > end) {
			throw new Unread(`the match or target at ${at} has no end`);
		}
		at += size;
	}
	return bytes.slice(start, end);
}

interface Group {
	readonly name: Bytes;
	/** Where its first rule is, which is what jumps lead to. */
	readonly start: number;
	/** The hook at which the kernel enters it. */
	readonly base?: number;
	/** The last one ends it. */
	readonly entries: readonly Entry[];
}

/** The kernel's chains come first, by hook, each from where it is entered up to its policy. */
function baseGroups({ hooks, policies }: TableInfo, entries: readonly Entry[]): Group[] {
	const groups: Group[] = [];
	let next = 0;
	for (const [hook, name] of baseChainNames.entries()) {
		if ((hooks & (1 << hook)) === 0) {
			continue;
		}
		const last = entries.findIndex(({ at, number }) => number >= next && at === policies[hook]);
		if (last < 0) {
			throw new Unread(`chain ${name} has no policy`);
		}
		groups.push({ name, start: entries[next]?.at ?? 0, base: hook, entries: entries.slice(next, last + 1) });
		next = last + 1;
	}
	return groups;
}

/** Each has its name in front of it; a last name stands behind all of them. */
function userGroups({ hooks, policies }: TableInfo, entries: readonly Entry[]): Group[] {
	const lastPolicy = Math.max(...policies.filter((_, hook) => (hooks & (1 << hook)) !== 0), -1);
	const heads = entries.filter(({ at, targetName }) => at > lastPolicy && targetName === errorName);
	return heads.slice(0, -1).map((head, index) => ({
		name: upToNul(head.target.slice(extensionHeader, errorTarget - 2)),
		start: head.end,
		entries: entries.slice(head.number + 1, heads[index + 1]?.number),
	}));
}

function ruleOf(entry: Entry, chains: ReadonlyMap<number, Bytes>, order: Words): IpRule {
	const { packet, matches, number } = entry;
	return { packet, matches, target: targetOf(entry, chains, order), entry: number };
}

function targetOf(entry: Entry, chains: ReadonlyMap<number, Bytes>, order: Words): IpTarget {
	if (entry.targetName !== "") {
		return { kind: "extension", bytes: entry.target };
	}
	const verdict = standardVerdict(entry, order);
	const kind = kinds.get(verdict);
	if (kind !== undefined) {
		return { kind };
	}
	if (verdict === entry.end) {
		return { kind: "next" };
	}
	const chain = chains.get(verdict);
	if (chain === undefined) {
		throw new Unread(`the rule at ${entry.at} leads to ${verdict}, where no chain begins`);
	}
	return { kind: "jump", chain };
}

const kinds = new Map<number, keyof typeof verdicts>([
	[verdicts.accept, "accept"],
	[verdicts.drop, "drop"],
	[verdicts.queue, "queue"],
	[verdicts.return, "return"],
]);

function standardVerdict({ at, target, targetName }: Entry, { u32At }: Words): number {
	if (targetName !== "" || target.length !== standardTarget) {
		throw new Unread(`the rule at ${at} has a target without a name`);
	}
	return u32At(target, extensionHeader) | 0;
}

/** nfcache, comefrom and the counters, which nothing depends on. */
function withoutKernelsOwn(family: Family, bytes: Bytes, { u16At }: Words): Bytes {
	const { packet, offsets, header } = layouts[family];
	let kept = "";
	for (let at = 0; at < bytes.length; ) {
		const end = at + u16At(bytes, at + offsets + 2);
		kept += bytes.slice(at, at + packet) + zeros(offsets - packet);
		kept += bytes.slice(at + offsets, at + offsets + 4) + zeros(header - offsets - 4);
		kept += bytes.slice(at + header, end);
		at = end;
	}
	return kept;
}
