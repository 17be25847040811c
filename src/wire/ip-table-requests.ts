import type { Family } from "../domain/family.ts";
import { type Bytes, fixedString, u8, type Words, zeros } from "./bytes.ts";
import { counterLength, layouts, tableNameLength } from "./ip-table.ts";
import type { Extension } from "./xtables.ts";

/** The structs in which ip_tables is asked and answers (struct ipt_getinfo and struct ipt_get_entries). */

const name = fixedString("nat", tableNameLength);
const hookCount = 5; // NF_INET_NUMHOOKS
const hooks = tableNameLength; // valid_hooks
const hookEntries = hooks + 4;
const underflows = hookEntries + 4 * hookCount;
const entryCount = underflows + 4 * hookCount;
const infoLength = entryCount + 8;
const entriesHeader = 40;

/** Asks what there is of a nat table, which makes one where there is none yet. */
export const infoRequest: Bytes = name + zeros(infoLength - tableNameLength);

/** Asks whether there is a match or target of this name and revision (struct xt_get_revision of linux/netfilter/x_tables.h). */
export function revisionRequest({ name: extension, revision }: Pick<Extension, "name" | "revision">): Bytes {
	return extension.padEnd(extensionNameLength, "\0") + u8(revision);
}

const extensionNameLength = 29; // XT_EXTENSION_MAXNAMELEN

/** What the kernel tells of a table beside its entries. */
export interface TableInfo {
	/** A bit for each hook that has a chain. */
	readonly hooks: number;
	/** By hook: where its chain begins, and where its policy is, in bytes. */
	readonly starts: readonly number[];
	readonly policies: readonly number[];
	readonly entryCount: number;
	/** Of all entries, in bytes. */
	readonly size: number;
}

/** Reads the answer to {@link infoRequest}. */
export function readInfo(answer: Bytes, { u32At }: Words): TableInfo {
	const perHook = (at: number) => {
		const offsets: number[] = [];
		for (let hook = 0; hook < hookCount; hook++) {
			offsets.push(u32At(answer, at + 4 * hook));
		}
		return offsets;
	};
	return {
		hooks: u32At(answer, hooks),
		starts: perHook(hookEntries),
		policies: perHook(underflows),
		entryCount: u32At(answer, entryCount),
		size: u32At(answer, entryCount + 4),
	};
}

/** Asks for a table's entries, with room for them. */
export function entriesRequest({ size }: TableInfo, { u32 }: Words): Bytes {
	return name + u32(size) + zeros(entriesHeader - tableNameLength - 4 + size);
}

/** What follows the head of the answer to {@link entriesRequest}. */
export function entriesIn(answer: Bytes): Bytes {
	return answer.slice(entriesHeader);
}

/**
 * Entries without what they have counted, which is the last of an entry's header: the same for as long as nobody changes
 * the table. Undefined where a length in them is wrong.
 */
export function withoutCounters(family: Family, entries: Bytes, { u16At }: Words): Bytes | undefined {
	const { offsets, header } = layouts[family];
	const parts: Bytes[] = [];
	for (let at = 0; at < entries.length; ) {
		const length = at + header <= entries.length ? u16At(entries, at + offsets + 2) : 0;
		if (length < header || at + length > entries.length) {
			return undefined;
		}
		parts.push(entries.slice(at, at + header - counterLength), entries.slice(at + header, at + length));
		at += length;
	}
	return parts.join("");
}

/**
 * Whether the answer to {@link entriesRequest} holds these entries, which {@link withoutCounters} gave, whatever they have counted
 * since. Makes nothing, for those who ask often.
 */
export function holdsEntries(family: Family, answer: Uint8Array, wanted: Bytes, { u16At }: Words): boolean {
	const { offsets, header } = layouts[family];
	const isSame = (at: number, from: number, end: number): boolean => {
		for (let index = from; index < end; index++) {
			if (wanted.charCodeAt(index) !== answer[at + index - from]) {
				return false;
			}
		}
		return true;
	};
	let at = entriesHeader;
	for (let from = 0; from < wanted.length; ) {
		const length = u16At(wanted, from + offsets + 2);
		const counters = from + header - counterLength;
		const end = from + length - counterLength;
		if (!isSame(at, from, counters) || !isSame(at + header, counters, end)) {
			return false;
		}
		from = end;
		at += length;
	}
	return at === answer.length;
}

/** The head of struct ipt_replace, with room for the pointer to the counters. */
export function replaceHead(info: TableInfo, oldEntryCount: number, { u32 }: Words): Bytes {
	const perHook = (offsets: readonly number[]) => offsets.map(u32).join("");
	return [
		name,
		u32(info.hooks),
		u32(info.entryCount),
		u32(info.size),
		perHook(info.starts),
		perHook(info.policies),
		u32(oldEntryCount),
		zeros(8),
	].join("");
}

/** struct xt_counters_info: what is added to each entry's packets and bytes, in order. */
export function countersRequest(counters: readonly Bytes[], { u32 }: Words): Bytes {
	return name + u32(counters.length) + zeros(4) + counters.join("");
}

export const noCounters: Bytes = zeros(counterLength);
