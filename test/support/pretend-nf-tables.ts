import { messagesIn } from "../../src/wire/attributes.ts";
import type { Batch } from "../../src/wire/batch.ts";
import { type ByteOrder, type Bytes, be32, words } from "../../src/wire/bytes.ts";
import type { Told } from "../../src/wire/dump.ts";
import type { FilledSet, TableContent } from "../../src/wire/nat-tables.ts";
import {
	chainField,
	generalHeaderLength,
	messageType,
	policyAccept,
	ruleField,
	scopeOfProtocolFamily,
} from "../../src/wire/nf-tables.ts";
import { chainOf, ruleOf, type SetObject, setOf, tableOf } from "../../src/wire/objects.ts";

/**
 * What the kernel would tell after a batch that only makes things: a rule as it was sent, with a number, and a set with
 * the name that it got.
 */
export function toldAfter(batch: Batch, order: ByteOrder): TableContent[] {
	const sent = (messagesIn(batch.bytes, words[order]) ?? []).map(({ type, start, end }) => ({
		type,
		scope: scopeOfProtocolFamily.get(batch.bytes.charCodeAt(start)),
		attributes: batch.bytes.slice(start + generalHeaderLength, end),
	}));
	const counts = new Map<number, number>();
	const told = sent.map(({ type, scope, attributes }): Message => {
		const count = (counts.get(type) ?? 0) + 1;
		counts.set(type, count);
		// A rule's sets come right before it, and each of our rules has one at most.
		const set = String((counts.get(messageType.newSet) ?? 0) % 100).padStart(2, "0");
		const named = attributes.replaceAll("__set%d\0", `__set${set}\0`);
		return { type, told: asTold(named + filledIn(type, count, order), scope) };
	});
	const read = <T>(wanted: number, reader: Reader<T>): T[] =>
		told.flatMap((one) => (one.type === wanted ? [readable(reader(one.told, order))] : []));
	const [chains, rules] = [read(messageType.newChain, chainOf), read(messageType.newRule, ruleOf)];
	return read(messageType.newTable, tableOf).map((table) => {
		const isMine = (one: { scope: unknown; table: string }) =>
			one.scope === table.scope && one.table === table.name;
		return {
			table,
			chains: chains.filter(isMine),
			rules: rules.filter(isMine),
			sets: filledSets(told, order).filter(({ set }) => isMine(set)),
		};
	});
}

interface Message {
	readonly type: number;
	readonly told: Told;
}

type Reader<T> = (told: Told, order: ByteOrder) => T | undefined;

function readable<T>(read: T | undefined): T {
	if (read === undefined) {
		throw new Error("a message of ours cannot be read");
	}
	return read;
}

/** What the kernel adds: a rule's number, and a base chain's policy where none was given. */
function filledIn(type: number, count: number, order: ByteOrder): Bytes {
	const { attribute } = words[order];
	switch (type) {
		case messageType.newRule:
			return attribute(ruleField.handle, be32(0) + be32(count));
		case messageType.newChain:
			return attribute(chainField.policy, be32(policyAccept));
		default:
			return "";
	}
}

function filledSets(told: readonly Message[], order: ByteOrder): FilledSet[] {
	const filled: { set: SetObject; told: Told[] }[] = [];
	for (const { type, told: one } of told) {
		if (type === messageType.newSet) {
			filled.push({ set: readable(setOf(one, order)), told: [] });
		}
		if (type === messageType.newSetElements) {
			filled.at(-1)?.told.push(one);
		}
	}
	return filled;
}

function asTold(bytes: Bytes, scope: Told["scope"]): Told {
	return { bytes, attributes: { start: 0, end: bytes.length }, scope };
}
