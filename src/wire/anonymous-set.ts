import type { Step } from "./batch.ts";
import {
	type Bytes,
	be32,
	cString,
	type Frame,
	forEachOrder,
	frameOfLast,
	type Words,
	zeros,
} from "./bytes.ts";
import { anonymousSet } from "./expressions.ts";
import {
	elementField,
	elementFlag,
	elementListField,
	flag,
	listElement,
	messageType,
	setField,
	setFlag,
} from "./nf-tables.ts";

/** What a set of a rule of ours holds, as it lies in a register. */
export type SetContent = {
	readonly key: SetKey;
} & (
	| { readonly kind: "values"; readonly values: readonly Bytes[] }
	/** In ascending order and apart. */
	| {
			readonly kind: "intervals";
			readonly lows: readonly Bytes[];
			/** Behind each range the first value after it; empty where there is none. */
			readonly nexts: readonly Bytes[];
	  }
);

/** How nft knows what a set's values are: TYPE_* of its include/datatype.h. */
export interface SetKey {
	readonly type: number;
	/** In bytes. */
	readonly length: number;
	/** Its numbers are in the machine's order in a register, and names count as such. */
	readonly isHostOrder: boolean;
}

export const setKeys = {
	ipv4: { type: 7, length: 4, isHostOrder: false },
	ipv6: { type: 8, length: 16, isHostOrder: false },
	port: { type: 13, length: 2, isHostOrder: false },
	uid: { type: 24, length: 4, isHostOrder: true },
	gid: { type: 25, length: 4, isHostOrder: true },
	interfaceName: { type: 41, length: 16, isHostOrder: true },
} as const;

/** Of one message: a list is one attribute, whose length has 16 bits, and a range of IPv6 addresses takes 84 bytes. */
const mostValues = 700;

/** What makes a set for one rule, which names it by `id`, unique in its batch. */
export function anonymousSetSteps(
	order: Words,
	table: { readonly name: Bytes; readonly about: string },
	id: number,
	content: SetContent,
): Step[] {
	const { attribute, nest } = order;
	const { key } = content;
	const number = (type: number, value: number) => attribute(type, be32(value));
	const interval = content.kind === "intervals" ? setFlag.interval : 0;
	const { setName, set, hostOrder, networkOrder } = constants(order);
	const common = { scope: "inet", about: table.about, flags: flag.create } as const;
	return [
		{
			...common,
			type: messageType.newSet,
			attributes:
				attribute(setField.table, table.name) +
				attribute(setField.name, setName) +
				number(setField.flags, setFlag.anonymous | setFlag.constant | interval) +
				number(setField.keyType, key.type) +
				number(setField.keyLength, key.length) +
				number(setField.id, id) +
				nest(setField.description, number(1, sizeOf(content))) +
				attribute(setField.userdata, key.isHostOrder ? hostOrder : networkOrder),
		},
		...elementLists(content, sentFrames(order, key.length)).map((list) => ({
			...common,
			type: messageType.newSetElements,
			attributes:
				attribute(elementListField.table, table.name) +
				set +
				number(elementListField.setId, id) +
				nest(elementListField.elements, list),
		})),
	];
}

/** Userdata by which nft knows how to print values: NFTNL_UDATA_SET_KEYBYTEORDER of libnftnl's udata.h, four bytes long. */
const keyByteOrder = "\0\x04";

const constants = forEachOrder(({ attribute, u32 }) => {
	const setName = cString(anonymousSet);
	return {
		setName,
		set: attribute(elementListField.set, setName),
		hostOrder: keyByteOrder + u32(1),
		networkOrder: keyByteOrder + u32(2),
	};
});

/** Of elements: where a range begins and where it ends are two. */
function sizeOf(content: SetContent): number {
	if (content.kind === "values") {
		return content.values.length;
	}
	// Only the last range may have nothing behind it.
	const { lows, nexts } = content;
	return lows.length + nexts.length - (nexts.at(-1) === "" ? 1 : 0) + (startsAtZero(content) ? 0 : 1);
}

type Intervals = Extract<SetContent, { kind: "intervals" }>;

function startsAtZero({ lows, key }: Intervals): boolean {
	return lows[0] === zeros(key.length);
}

/** What stands around the value of an element that is one or begins a range, and of one that ends a range. */
interface ElementFrames {
	readonly start: Frame;
	readonly end: Frame;
}

function sentFrames({ attribute, nest }: Words, length: number): ElementFrames {
	const key = (value: Bytes) => nest(elementField.key, attribute(1, value));
	const flags = attribute(elementField.flags, be32(elementFlag.intervalEnd));
	return {
		start: frameOfLast((value) => nest(listElement, key(value)), length),
		end: frameOfLast((value) => nest(listElement, flags + key(value)), length),
	};
}

/**
 * All elements as the kernel tells them. Of a set of intervals the last comes first (nft_rbtree_walk goes through a tree
 * whose order is turned around, net/netfilter/nft_set_rbtree.c); other sets have no order.
 */
export function toldElements(content: SetContent, order: Words): Bytes[] {
	const { attribute, nest } = order;
	const { length } = content.key;
	const key = (value: Bytes) => nest(elementField.key, attribute(1, value));
	const start = frameOfLast((value) => nest(listElement, key(value)), length);
	const flags = attribute(elementField.flags, be32(elementFlag.intervalEnd));
	const ending = nest(listElement, key(zeros(length)) + flags);
	// Behind the heads of the element, its key and its value.
	const end = { start: ending.slice(0, 12), end: ending.slice(12 + length) };
	if (content.kind === "values") {
		return content.values.map((value) => start.start + value + start.end);
	}
	const { lows, nexts } = content;
	const before = end.start;
	const between = end.end + start.start;
	const behind = start.end;
	const parts: Bytes[] = [];
	for (let index = lows.length - 1; index >= 0; index--) {
		const low = lows[index] ?? "";
		const next = nexts[index] ?? "";
		parts.push(next === "" ? `${start.start}${low}${behind}` : `${before}${next}${between}${low}${behind}`);
	}
	if (!startsAtZero(content)) {
		parts.push(end.start + zeros(length) + end.end);
	}
	return parts;
}

/** The lists of elements, each for a message of its own. */
function elementLists(content: SetContent, frames: ElementFrames): Bytes[] {
	const parts =
		content.kind === "values"
			? content.values.map((value) => frames.start.start + value + frames.start.end)
			: rangeElements(content, frames);
	const lists: Bytes[] = [];
	for (let from = 0; from < parts.length; from += mostValues) {
		lists.push(parts.slice(from, from + mostValues).join(""));
	}
	return lists;
}

/** As nft writes a set of intervals: what is below the first range ends where all begins. */
function rangeElements(content: Intervals, { start, end }: ElementFrames): Bytes[] {
	const between = start.end + end.start;
	const { nexts } = content;
	const parts = content.lows.map((low, index) => {
		const next = nexts[index];
		return next === ""
			? `${start.start}${low}${start.end}`
			: `${start.start}${low}${between}${next}${end.end}`;
	});
	if (!startsAtZero(content)) {
		parts.unshift(end.start + zeros(content.key.length) + end.end);
	}
	return parts;
}
