import type { Family } from "../domain/family.ts";
import { type Condition, conditionOf, type Test } from "../rules/rule.ts";
import type { Bytes, Words } from "./bytes.ts";
import type { Expression, Source } from "./expression.ts";
import {
	type Facts,
	type Field,
	fieldOf,
	isStateField,
	markText,
	payloadFields,
	rank,
	type SavedOption,
	savedMark,
	statesIn,
} from "./field.ts";
import { comparison, metaKey, payloadBase } from "./nf-tables.ts";
import type { ElementObject } from "./objects.ts";
import type { Held, Registers } from "./registers.ts";
import { unless } from "./save-words.ts";
import {
	after,
	before,
	beginningWith,
	type HeldRange,
	numberOf,
	reversed,
	single,
	underMask,
	type ValueRange,
} from "./values.ts";

/** A part of a rule that asks for something. */
export interface Piece {
	readonly conditions: readonly Condition[];
	/** As nft spells it; empty where the part behind it says it too. */
	readonly nft: string;
	/** As iptables-save spells it, if that can. */
	readonly save: SavedOption | undefined;
	/** iptables-save prints nothing for it. */
	readonly isSilent?: boolean;
	/** What is known of the packets behind it. */
	readonly fact?: Fact;
	/** Which facts it takes for granted. */
	readonly needs?: readonly (keyof Facts)[];
}

export type Fact =
	| { readonly kind: "family"; readonly family: Family }
	| { readonly kind: "protocol"; readonly protocol: string };

/** How a register is compared. */
export type Comparison =
	| { readonly kind: "value"; readonly operation: number; readonly data: Bytes }
	| { readonly kind: "range"; readonly low: Bytes; readonly high: Bytes; readonly negated: boolean };

export interface SetContent {
	readonly ranges: readonly HeldRange[];
	/** What holds for every other value. */
	readonly catchAll: ElementObject | undefined;
	readonly isInterval: boolean;
	/** In bytes. Of several parts together, each of which fills whole registers. */
	readonly keyLength: number;
}

/** By name; one that could not be read is missing. */
export type SetContents = ReadonlyMap<string, SetContent>;

/** A part that is not understood. */
export function opaque(words: string): Piece {
	return {
		conditions: [{ kind: "unparsed", text: words }],
		nft: `[${words}]`,
		save: undefined,
	};
}

/** A comparison of a register; of one that spans several fields, as nft joins them, a part for each. */
export function compared(held: Held | undefined, how: Comparison, facts: Facts, order: Words): Piece[] {
	if (held?.kind !== "source") {
		return [opaque("a comparison of what is not known")];
	}
	if (held.mask !== undefined) {
		return [masked(held.source, held.mask, how, { facts, order, isTurned: held.isTurned })];
	}
	const field = fieldOf(held.source, facts);
	if (field === undefined) {
		return ofPackets(held.source, how, facts) ?? [opaque(`a comparison of ${sourceWords(held.source)}`)];
	}
	const found = rangeOf(how, field, isReversed(field, held.isTurned, order));
	return [
		found === undefined
			? opaque(`a comparison of ${field.words}`)
			: asked(field, [found.range], found.negated),
	];
}

/** That what is held, in one register or in several in a row, is in a set. */
export function lookedUp(
	registers: Registers,
	{ of, set, negated }: Extract<Expression, { kind: "lookup" }>,
	facts: Facts,
	{ sets, order }: { readonly sets: SetContents; readonly order: Words },
): Piece {
	const content = sets.get(set);
	const values = valuesOf(registers, of, content, { facts, order });
	if (content === undefined || values === undefined) {
		return opaque(`a look into set ${set}`);
	}
	const words = wordsOf(values);
	const tests = values.map(({ field, ranges }) => field.test(ascending(ranges)));
	const known = tests.filter((test) => test !== undefined);
	if (known.length < tests.length) {
		return opaque(`a look for ${words} into set ${set}`);
	}
	const listed = isAnonymous(set) ? `{ ${listOf(values).join(", ")} }` : `@${set}`;
	const nft = `${words} ${negated ? "!= " : ""}${listed}`;
	return {
		conditions:
			values.length > 1
				? together(known, content, { negated, nft })
				: known.map((test) => conditionOf(test, negated)),
		nft,
		save: undefined,
		...needed(...values.map(({ field }) => field)),
	};
}

/** Of values in several parts, each part can be told; of several values not which parts belong together. */
function together(
	tests: readonly Test[],
	{ ranges }: SetContent,
	{ negated, nft }: { readonly negated: boolean; readonly nft: string },
): Condition[] {
	const unknown: Condition = { kind: "unparsed", text: nft };
	if (negated) {
		return [unknown];
	}
	return ranges.length > 1 ? [...tests, unknown] : [...tests];
}

/** As nft lists them; the kernel tells them in an order of its own. */
function ascending(ranges: readonly ValueRange[]): ValueRange[] {
	return [...ranges].sort((a, b) => (a.low < b.low ? -1 : 1));
}

/** A part of the values of a set, or all of them: the field that is looked up. */
export interface ValuePart {
	readonly field: Field;
	/** Of each value, in the order of the set's own. */
	readonly ranges: readonly ValueRange[];
}

/** In the order of its parts; most have one. */
export type Values = readonly ValuePart[];

/** What is looked up, as nft spells it. */
export function wordsOf(values: Values): string {
	return values.map(({ field }) => field.words).join(" . ");
}

/** A set's value, as nft spells it. */
export function valueWords(values: Values, index: number): string {
	return values
		.map(({ field, ranges }) => {
			const range = ranges[index];
			return range === undefined ? "?" : field.say(range);
		})
		.join(" . ");
}

function listOf(values: Values): string[] {
	const [first] = values;
	return values.length === 1 && first !== undefined
		? ascending(first.ranges).map((range) => first.field.say(range))
		: (first?.ranges ?? []).map((_, index) => valueWords(values, index));
}

/** What a set holds of what is in registers; undefined where that cannot be told. */
export function valuesOf(
	registers: Registers,
	register: number,
	content: SetContent | undefined,
	{ facts, order }: { readonly facts: Facts; readonly order: Words },
): Values | undefined {
	const row = content && registers.row(register, content.keyLength);
	if (content === undefined || row === undefined) {
		return undefined;
	}
	const parts: ValuePart[] = [];
	let at = 0;
	for (const held of row) {
		const field = fieldHeld(held, facts);
		const isAlone = row.length === 1;
		const ranges = field && rangesAt(content, { at, field, isAlone, turns: turnsIn(field, held, order) });
		if (field === undefined || ranges === undefined) {
			return undefined;
		}
		parts.push({ field, ranges });
		at += field.width + (-field.width & 3);
	}
	return parts.length === 0 ? undefined : parts;
}

/** All of a field, as a register has it. */
function fieldHeld(held: Held, facts: Facts): Field | undefined {
	return held.kind === "source" && held.mask === undefined ? fieldOf(held.source, facts) : undefined;
}

function turnsIn(field: Field, held: Held, order: Words): boolean {
	return held.kind === "source" && isReversed(field, held.isTurned, order);
}

interface Slot {
	/** Where it begins in the values, in bytes. */
	readonly at: number;
	readonly field: Field;
	/** It is all of them. */
	readonly isAlone: boolean;
	readonly turns: boolean;
}

/** One part of every value. */
function rangesAt(
	{ ranges, isInterval }: SetContent,
	{ at, field: { width }, isAlone, turns }: Slot,
): readonly ValueRange[] | undefined {
	const parts = isAlone
		? ranges
		: ranges.map(({ low, high }) => ({ low: low.slice(at, at + width), high: high.slice(at, at + width) }));
	const fits = parts.every(({ low, high }) => low.length === width && high.length === width);
	if (!fits || (turns && isInterval)) {
		return undefined;
	}
	return turns ? parts.map(({ low }) => single(reversed(low))) : parts;
}

/** The kernel names them itself. */
export function isAnonymous(set: string): boolean {
	return /^__(?:set|map)\d+$/.test(set);
}

function isReversed(field: Field, isTurned: boolean, { order }: Words): boolean {
	return field.isHostOrder && !isTurned && order === "little";
}

function asked(field: Field, values: readonly ValueRange[], negated: boolean): Piece {
	const test = field.test(values);
	if (test === undefined) {
		return opaque(`a comparison of ${field.words}`);
	}
	const [value] = values;
	const saved = value && field.save?.(value);
	return {
		conditions: [conditionOf(test, negated)],
		nft: `${field.words} ${negated ? "!= " : ""}${values.map((each) => field.say(each)).join(", ")}`,
		save: saved && { ...saved, words: `${unless(negated)}${saved.words}` },
		...needed(field),
		...(negated ? {} : factOf(test)),
	};
}

function needed(...fields: readonly Field[]): { needs?: readonly (keyof Facts)[] } {
	const needs = fields.flatMap((field) => field.needs ?? []);
	return needs.length === 0 ? {} : { needs };
}

function factOf(test: Test): { fact?: Fact } {
	if (test.kind === "family") {
		return { fact: { kind: "family", family: test.family } };
	}
	const [protocol, ...rest] = test.kind === "protocol" ? test.protocols : [];
	return protocol === undefined || rest.length > 0 ? {} : { fact: { kind: "protocol", protocol } };
}

interface FoundRange {
	readonly range: ValueRange;
	readonly negated: boolean;
}

/** What values a comparison asks for; undefined for one that no value, or any, fulfils. */
function rangeOf(how: Comparison, field: Field, turns: boolean): FoundRange | undefined {
	const upright = (value: Bytes) => (turns ? reversed(value) : value);
	if (how.kind === "range") {
		const range = { low: upright(how.low), high: upright(how.high) };
		return isOfField(range, field) ? { range, negated: how.negated } : undefined;
	}
	const isEquality = how.operation === comparison.equal || how.operation === comparison.notEqual;
	const range = isEquality
		? equalRange(upright(how.data), field)
		: orderedRange(upright(how.data), how.operation, field.width);
	return range !== undefined && isOfField(range, field)
		? { range, negated: how.operation === comparison.notEqual }
		: undefined;
}

function isOfField({ low, high }: ValueRange, { width }: Field): boolean {
	return low.length === width && high.length === width && low <= high;
}

/** Of a name, the beginning can be compared; one with its NUL is whole. */
function equalRange(value: Bytes, { width }: Field): ValueRange | undefined {
	if (value.length === width) {
		return single(value);
	}
	const isName = width === interfaceWidth && value.length < width;
	if (!isName) {
		return undefined;
	}
	return value.includes("\0") ? single(value.padEnd(width, "\0")) : beginningWith(value, width);
}

const interfaceWidth = 16;

function orderedRange(value: Bytes, operation: number, width: number): ValueRange | undefined {
	const [first, last] = ["\0".repeat(width), "\xff".repeat(width)];
	switch (operation) {
		case comparison.atLeast:
			return { low: value, high: last };
		case comparison.atMost:
			return { low: first, high: value };
		case comparison.greater: {
			const low = after(value);
			return low === undefined ? undefined : { low, high: last };
		}
		case comparison.less: {
			const high = before(value);
			return high === undefined ? undefined : { low: first, high };
		}
		default:
			return undefined;
	}
}

/** A comparison of packet bytes that are a part of a field, or several in a row. */
function ofPackets(source: Source, how: Comparison, facts: Facts): Piece[] | undefined {
	if (source.kind !== "payload" || how.kind !== "value" || how.data.length !== source.length) {
		return undefined;
	}
	const parts = partsOf(source, how.data, facts);
	const negated = how.operation === comparison.notEqual;
	// That several are not all equal says nothing about each.
	const isKnown = how.operation === comparison.equal || (negated && parts?.length === 1);
	return isKnown
		? parts?.map(({ field, data }) => asked(field, [beginningWith(data, field.width)], negated))
		: undefined;
}

type Payload = Extract<Source, { kind: "payload" }>;

function partsOf({ base, offset, length }: Payload, data: Bytes, facts: Facts) {
	const parts: { readonly field: Field; readonly data: Bytes }[] = [];
	for (let at = 0; at < length; ) {
		const field = payloadFields(facts).find((each) => each.base === base && each.offset === offset + at);
		const part = data.slice(at, at + (field?.width ?? 0));
		// Only of an address do the first bytes mean something by themselves.
		const isPart = field !== undefined && part.length < field.width;
		if (field === undefined || part === "" || (isPart && field.needs !== "family")) {
			return undefined;
		}
		parts.push({ field, data: part });
		at += part.length;
	}
	return parts;
}

interface MaskContext {
	readonly facts: Facts;
	readonly order: Words;
	readonly isTurned: boolean;
}

/** A comparison under a mask. */
function masked(source: Source, mask: Bytes, how: Comparison, context: MaskContext): Piece {
	const unknown = opaque(`a comparison of a part of ${sourceWords(source)}`);
	const isEquality = how.kind === "value" && how.operation <= comparison.notEqual;
	if (!isEquality || how.data.length !== mask.length) {
		return unknown;
	}
	const negated = how.operation === comparison.notEqual;
	if (isTcpFlags(source, context.facts)) {
		return openingPiece(mask, how.data, negated) ?? unknown;
	}
	const field = fieldOf(source, context.facts);
	if (field === undefined) {
		return unknown;
	}
	if (field.isHostOrder) {
		const turns = isReversed(field, context.isTurned, context.order);
		const number = (value: Bytes) => numberOf(turns ? reversed(value) : value);
		return bitsPiece(field, source, { mask: number(mask), value: number(how.data), negated }) ?? unknown;
	}
	const range = underMask(how.data, mask);
	return range === undefined || !isOfField(range, field) ? unknown : asked(field, [range], negated);
}

interface Bits {
	readonly mask: number;
	readonly value: number;
	readonly negated: boolean;
}

/** A mark's bits, or any of several states. */
function bitsPiece(field: Field, source: Source, { mask, value, negated }: Bits): Piece | undefined {
	if (source.kind === "meta" && source.key === metaKey.mark) {
		const saved = savedMark(value, mask);
		return {
			conditions: [conditionOf({ kind: "mark", value, mask }, negated)],
			nft: `meta mark & ${markText(mask)} ${negated ? "!=" : "=="} ${markText(value)}`,
			save: { ...saved, words: `${unless(negated)}${saved.words}` },
		};
	}
	const states = isStateField(field) && value === 0 ? statesIn(mask) : undefined;
	return states === undefined
		? undefined
		: {
				// That none of the bits is unset is what it says, so that "not" is the plain form.
				conditions: [conditionOf({ kind: "connection-state", states }, !negated)],
				nft: `ct state ${negated ? "" : "!= "}${states.join(",")}`,
				save: undefined,
			};
}

function isTcpFlags(source: Source, { protocol }: Facts): boolean {
	return (
		source.kind === "payload" &&
		source.base === payloadBase.transport &&
		source.offset === 13 &&
		source.length === 1 &&
		protocol === "tcp"
	);
}

/** `--syn`: of FIN, SYN, RST and ACK only SYN is set (RFC 9293, 3.1), as in the first packet of every connection. */
function openingPiece(mask: Bytes, value: Bytes, negated: boolean): Piece | undefined {
	return mask === "\x17" && value === "\x02" && !negated
		? {
				conditions: [],
				nft: "tcp flags syn / fin,syn,rst,ack",
				save: { rank: rank.flags, extension: "tcp", words: "--tcp-flags FIN,SYN,RST,ACK SYN" },
				needs: ["protocol"],
			}
		: undefined;
}

function sourceWords(source: Source): string {
	switch (source.kind) {
		case "meta":
			return `meta key ${source.key}`;
		case "payload":
			return `${source.length} bytes of the packet`;
		case "connection":
			return `ct key ${source.key}`;
		case "route":
			return "a route";
		case "other":
			return source.name;
	}
}
