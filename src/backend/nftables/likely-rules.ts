import { blockBetween } from "../../domain/block-between.ts";
import type { Cidr } from "../../domain/cidr.ts";
import { subnetsBetween } from "../../domain/intervals.ts";
import type { Span } from "../../domain/number.ts";
import { maxPort, parseUsualPortRanges } from "../../domain/port.ts";
import { commentPrefix } from "../../rules/comment.ts";
import { type Hook, hooks, pass } from "../../rules/plan.ts";
import type { Condition, OwnReason } from "../../rules/rule.ts";
import { attributeHeaderLength, type ByteOrder, type Bytes, be16At, words } from "../../wire/bytes.ts";
import { addressText } from "../../wire/field.ts";
import { type FilledSet, natTable, type TableContent } from "../../wire/nat-tables.ts";
import { elementListOf, type RuleObject } from "../../wire/objects.ts";
import { after, before } from "../../wire/values.ts";
import type { HookedRule } from "../backend.ts";
import { ownRule } from "./own-rule.ts";

/**
 * What the rules of our table say if they are what their comments and the bytes of their sets make them look like, which spares
 * reading each of what may be tens of thousands of elements. A guess: what is made of it has to be held against the table.
 */
export function likelyInOurTable(content: TableContent, order: ByteOrder): readonly HookedRule[] {
	return content.rules.flatMap((rule) => {
		const hook = hooks.find((one) => one === rule.chain);
		const likely = hook && (likelyList(content, rule, hook, order) ?? readOne(content, rule, order));
		return likely === undefined || hook === undefined ? [] : [{ hook, rule: likely }];
	});
}

function readOne(content: TableContent, rule: RuleObject, order: ByteOrder) {
	const chains = natTable({ ...content, rules: [rule] }, order)?.chains ?? [];
	const [found] = chains.flatMap(({ rules }) => rules);
	return found && ownRule(found);
}

/** Ports or subnets that pass; undefined for any other rule. */
function likelyList(content: TableContent, rule: RuleObject, hook: Hook, order: ByteOrder) {
	const [name, ...others] = rule.expressions.match(/__set\d+/g) ?? [];
	const set = content.sets.find((one) => one.set.name === name);
	const reason = listReasons.find((one) => rule.comment === `${commentPrefix}${one}`);
	if (set === undefined || reason === undefined || others.length > 0) {
		return undefined;
	}
	const condition: Condition =
		reason === "ignore-port"
			? { kind: "destination-port", ports: portsIn(set, order) }
			: { kind: hook === "prerouting" ? "source" : "destination", subnets: subnetsIn(set, order) };
	return { reason, conditions: [condition], action: pass };
}

const listReasons = ["ignore-port", "ignore-subnet"] as const satisfies readonly OwnReason[];

function portsIn(set: FilledSet, order: ByteOrder): readonly Span[] {
	const { lows, nexts } = rangesIn(set, order);
	const singles: number[] = [];
	const ports = lows.map((low, index) => {
		const next = nexts[index] ?? "";
		const range = { low: be16At(low, 0), high: next === "" ? maxPort : be16At(next, 0) - 1 };
		if (range.low === range.high) {
			singles.push(range.low);
		}
		return range;
	});
	return singles.length === ports.length ? (parseUsualPortRanges(singles.join(",")) ?? ports) : ports;
}

function subnetsIn(set: FilledSet, order: ByteOrder): Cidr[] {
	const { lows, nexts } = rangesIn(set, order);
	return lows.flatMap((low, index) => {
		const next = nexts[index] ?? "";
		const high = (next === "" ? undefined : before(next)) ?? "\xff".repeat(low.length);
		return blockBetween(low, high) ?? subnetsBetween(addressText(low), addressText(high));
	});
}

/**
 * Where each range of a set begins, and the first value behind it; empty where there is none. Of elements that are nothing but a
 * key, or mark the end of a range, which makes them longer.
 */
function rangesIn(
	{ set, told }: FilledSet,
	order: ByteOrder,
): { lows: readonly Bytes[]; nexts: readonly Bytes[] } {
	const { u16At } = words[order];
	const keys: Bytes[] = [];
	const ends: boolean[] = [];
	for (const list of told.map((one) => elementListOf(one, order))) {
		for (let at = 0; at + keyOffset < list.length; ) {
			const length = u16At(list, at);
			const keyEnd = keyOffset + set.keyLength;
			keys.push(list.slice(at + keyOffset, at + keyEnd));
			ends.push(length > keyEnd + (-keyEnd & 3));
			at += Math.max(length + (-length & 3), attributeHeaderLength);
		}
	}
	// The kernel tells them from the last to the first, or the other way round.
	if ((keys[0] ?? "") > (keys.at(-1) ?? "")) {
		keys.reverse();
		ends.reverse();
	}
	const lows = keys.filter((_, index) => ends[index] === false);
	const nexts = set.isInterval
		? keys.flatMap((_, index) => (ends[index] === false ? [keys[index + 1] ?? ""] : []))
		: lows.map((low) => after(low) ?? "");
	return { lows, nexts };
}

/** The headers of an element, of the key in it, with which it begins, and of the value in that. */
const keyOffset = 3 * attributeHeaderLength;
