import { blockBetween } from "../../domain/block-between.ts";
import type { Cidr } from "../../domain/cidr.ts";
import { subnetsBetween } from "../../domain/intervals.ts";
import type { Span } from "../../domain/number.ts";
import { maxPort, parseUsualPortRanges } from "../../domain/port.ts";
import { commentPrefix } from "../../rules/comment.ts";
import { type Hook, hooks, pass } from "../../rules/plan.ts";
import type { Condition, OwnRule } from "../../rules/rule.ts";
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

/** Of a rule with one set, of ports, subnets or users; undefined for any other. */
function likelyList(
	content: TableContent,
	rule: RuleObject,
	hook: Hook,
	order: ByteOrder,
): OwnRule | undefined {
	const [name, ...others] = rule.expressions.match(/__set\d+/g) ?? [];
	const filled = content.sets.find(({ set }) => set.name === name);
	if (filled === undefined || others.length > 0) {
		return undefined;
	}
	if (rule.comment === `${commentPrefix}ignore-subnet`) {
		const kind = hook === "prerouting" ? "source" : "destination";
		return {
			reason: "ignore-subnet",
			conditions: [{ kind, subnets: subnetsIn(filled, order) }],
			action: pass,
		};
	}
	// As it would be if there was nothing in the set, which is then read apart.
	const bare = readOne({ ...content, sets: [{ set: filled.set, told: [] }] }, rule, order);
	const conditions = bare?.conditions.map((condition): Condition | undefined => {
		switch (condition.kind) {
			case "destination-port":
				return { ...condition, ports: portsIn(filled, order) };
			case "uid":
				return { ...condition, ids: idsIn(filled, order) };
			default:
				return undefined;
		}
	});
	return bare === undefined || conditions === undefined || conditions.includes(undefined)
		? undefined
		: { ...bare, conditions: conditions.filter((condition) => condition !== undefined) };
}

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

/** They are in the machine's order. */
function idsIn(set: FilledSet, order: ByteOrder): Span[] {
	return rangesIn(set, order)
		.lows.map((low) => words[order].u32At(low, 0))
		.sort((a, b) => a - b)
		.map((id) => ({ low: id, high: id }));
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
	// The kernel tells those of a set of intervals from the last to the first, or the other way round.
	if ((keys[0] ?? "") > (keys.at(-1) ?? "")) {
		keys.reverse();
		ends.reverse();
	}
	if (!set.isInterval) {
		const lows = keys.sort();
		return { lows, nexts: lows.map((low) => after(low) ?? "") };
	}
	return {
		lows: keys.filter((_, index) => ends[index] === false),
		nexts: keys.flatMap((_, index) => (ends[index] === false ? [keys[index + 1] ?? ""] : [])),
	};
}

/** The headers of an element, of the key in it, with which it begins, and of the value in that. */
const keyOffset = 3 * attributeHeaderLength;
