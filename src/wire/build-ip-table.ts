import { type Bytes, type Frame, forEachOrder, standsAt, type Words, zeros } from "./bytes.ts";
import {
	counterLength,
	errorName,
	errorTarget,
	extensionBytes,
	extensionHeader,
	type IpChain,
	type IpRule,
	type IpTable,
	layouts,
	standardTarget,
	verdicts,
} from "./ip-table.ts";
import { countersRequest, noCounters, replaceHead, type TableInfo } from "./ip-table-requests.ts";

/** A table as the kernel wants it. */
export interface BuiltTable {
	readonly info: TableInfo;
	readonly entries: Bytes;
	/** Of each entry, which one it was in the table that was read. */
	readonly origins: readonly (number | undefined)[];
}

/** struct ipt_replace, which takes the place of a table that has so many entries now. */
export function replaceRequest({ info, entries }: BuiltTable, oldEntryCount: number, order: Words): Bytes {
	return replaceHead(info, oldEntryCount, order) + entries;
}

/**
 * Gives the rules that were carried over what they had counted up to the moment at which the table was replaced, which
 * is what "replace" answered with. Undefined where none had counted anything.
 */
export function restoreCounters({ origins }: BuiltTable, old: Bytes, order: Words): Bytes | undefined {
	if (origins.every((origin) => origin === undefined)) {
		return undefined;
	}
	const counters = origins.map((origin) =>
		origin === undefined ? noCounters : old.slice(origin * counterLength, (origin + 1) * counterLength),
	);
	return counters.every((counter) => counter === noCounters) ? undefined : countersRequest(counters, order);
}

/** Lays a table out as libiptc does. */
export function buildEntries(table: IpTable, order: Words): BuiltTable {
	const { info, starts } = measure(table);
	const { packet, offsets, header } = layouts[table.family];
	const origins: (number | undefined)[] = [];
	const parts: Bytes[] = [];
	const before = zeros(offsets - packet);
	const behind = zeros(header - offsets - 4);
	const lengths = offsetsOf(header, order, { start: before, end: behind });
	everyEntry(table, starts, order, (conditions, matches, target, origin) => {
		parts.push(conditions, lengths(matches.length, target.length), matches, target);
		origins.push(origin);
		return true;
	});
	return { info, entries: parts.join(""), origins };
}

/** Whether the kernel holds a table just so, whatever it has counted. Others of its tables may mean the same. */
export function isBuiltAs(table: IpTable, told: TableInfo, entries: Bytes, order: Words): boolean {
	const { info, starts } = measure(table);
	if (!isSameInfo(info, told) || entries.length !== info.size) {
		return false;
	}
	const { offsets, header } = layouts[table.family];
	let at = 0;
	const lengths = offsetsOf(header, order);
	return everyEntry(table, starts, order, (conditions, matches, target) => {
		const matchesAt = at + header;
		const targetAt = matchesAt + matches.length;
		const isSame =
			standsAt(entries, at, conditions) &&
			standsAt(entries, at + offsets, lengths(matches.length, target.length)) &&
			standsAt(entries, matchesAt, matches) &&
			standsAt(entries, targetAt, target);
		at = targetAt + target.length;
		return isSame;
	});
}

/** Where in an entry its target begins, and where it ends (target_offset, next_offset), framed. Most are of few lengths. */
function offsetsOf(
	header: number,
	order: Words,
	{ start, end }: Frame = { start: "", end: "" },
): (matches: number, target: number) => Bytes {
	const known = new Map<number, Bytes>();
	return (matches, target) => {
		const key = matches * 0x1_0000 + target;
		const bytes = known.get(key);
		if (bytes !== undefined) {
			return bytes;
		}
		const made = start + order.u16(header + matches) + order.u16(header + matches + target) + end;
		known.set(key, made);
		return made;
	};
}

/** Where the hooks have chains, these begin and end at the same places. */
export function isSameInfo(built: TableInfo, told: TableInfo): boolean {
	const isSameWhereHooked = (mine: readonly number[], theirs: readonly number[]) =>
		mine.every((offset, hook) => (built.hooks & (1 << hook)) === 0 || offset === theirs[hook]);
	return (
		built.hooks === told.hooks &&
		built.entryCount === told.entryCount &&
		built.size === told.size &&
		isSameWhereHooked(built.starts, told.starts) &&
		isSameWhereHooked(built.policies, told.policies)
	);
}

/** How much room a table takes, and where each of its chains begins. */
function measure(table: IpTable): { readonly info: TableInfo; readonly starts: ReadonlyMap<string, number> } {
	const starts = new Map<string, number>();
	const info = { hooks: 0, starts: [0, 0, 0, 0, 0], policies: [0, 0, 0, 0, 0], entryCount: 0, size: 0 };
	const { header } = layouts[table.family];
	const standard = header + standardTarget;
	for (const { name, base, rules } of table.chains) {
		info.size += base === undefined ? header + errorTarget : 0;
		info.entryCount += rules.length + (base === undefined ? 2 : 1);
		starts.set(name, info.size);
		const length = rules.reduce((sum, rule) => sum + lengthOf(rule, header), 0);
		if (base !== undefined) {
			info.hooks |= 1 << base.hook;
			info.starts[base.hook] = info.size;
			info.policies[base.hook] = info.size + length;
		}
		info.size += length + standard;
	}
	info.entryCount += 1;
	info.size += header + errorTarget;
	return { info, starts };
}

/** Whether something holds of an entry's parts; `origin` is which one it was in the table that was read. */
type EntryTest = (conditions: Bytes, matches: Bytes, target: Bytes, origin: number | undefined) => boolean;

/** Whether it holds of each, in order. Without an object for each: there may be tens of thousands. */
function everyEntry(
	{ family, chains }: IpTable,
	starts: ReadonlyMap<string, number>,
	order: Words,
	holds: EntryTest,
): boolean {
	const { header, packet } = layouts[family];
	const any = zeros(packet);
	let at = 0;
	const holdsOf = (rule: IpRule) => {
		at += lengthOf(rule, header);
		return holds(rule.packet, rule.matches, targetBytes(rule, starts, at, order), rule.entry);
	};
	const ends = constantTargets(order);
	const holdsOfChain = ({ name, base, rules, endEntry }: IpChain) => {
		at += base === undefined ? header + errorTarget : 0;
		const isBegun = base !== undefined || holds(any, "", errorBytes(name, order), undefined);
		const isAll = isBegun && rules.every(holdsOf) && holds(any, "", ends[base?.policy ?? "return"], endEntry);
		at += header + standardTarget;
		return isAll;
	};
	return chains.every(holdsOfChain) && holds(any, "", errorBytes(errorName, order), undefined);
}

function lengthOf({ matches, target }: IpRule, header: number): number {
	return header + matches.length + (target.kind === "extension" ? target.bytes.length : standardTarget);
}

function targetBytes(
	{ target }: IpRule,
	starts: ReadonlyMap<string, number>,
	next: number,
	order: Words,
): Bytes {
	switch (target.kind) {
		case "extension":
			return target.bytes;
		case "jump": {
			const start = starts.get(target.chain);
			if (start === undefined) {
				throw new RangeError(`a rule leads to ${target.chain}, which is no chain of the table`);
			}
			return standardBytes(start, order);
		}
		case "next":
			return standardBytes(next, order);
		default:
			return constantTargets(order)[target.kind];
	}
}

/** Most rules have one of these. */
const constantTargets = forEachOrder((order) => ({
	accept: standardBytes(verdicts.accept, order),
	drop: standardBytes(verdicts.drop, order),
	queue: standardBytes(verdicts.queue, order),
	return: standardBytes(verdicts.return, order),
}));

function standardBytes(verdict: number, order: Words): Bytes {
	return extensionBytes({ name: "", revision: 0, data: order.u32(verdict) + zeros(4) }, order);
}

/** The names of our own chains are in every table; of others' there may be any number. */
function errorBytes(name: IpChain["name"], order: Words): Bytes {
	const targets = errorTargets(order);
	const known = targets.get(name);
	if (known !== undefined) {
		return known;
	}
	const data = name.padEnd(errorTarget - extensionHeader, "\0");
	const bytes = extensionBytes({ name: errorName, revision: 0, data }, order);
	if (targets.size < mostNames) {
		targets.set(name, bytes);
	}
	return bytes;
}

const mostNames = 16;
const errorTargets = forEachOrder(() => new Map<IpChain["name"], Bytes>());
