import type { Step } from "./batch.ts";
import { type Bytes, be32, cString, forEachOrder, type Words, zeros } from "./bytes.ts";
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

/** What a set of a rule of ours holds, with the key as it lies in a register. */
export interface SetContent {
	readonly key: SetKey;
	/**
	 * Single values, or with `isInterval` the bounds of ranges in ascending order and apart: a value where one begins, and
	 * behind each the first value after it (undefined where there is none).
	 */
	readonly elements: readonly Element[];
	readonly isInterval: boolean;
}

export interface Element {
	readonly value: Bytes;
	readonly isEnd: boolean;
}

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

/** Elements of one message: their list is one attribute, whose length has 16 bits, and one of IPv6 takes 44 bytes. */
const mostElements = 1400;

/** What makes a set for one rule, which names it by `id`, unique in its batch. */
export function anonymousSetSteps(
	order: Words,
	table: { readonly name: Bytes; readonly about: string },
	id: number,
	{ key, elements, isInterval }: SetContent,
): Step[] {
	const { attribute, nest } = order;
	const number = (type: number, value: number) => attribute(type, be32(value));
	const flags = setFlag.anonymous | setFlag.constant | (isInterval ? setFlag.interval : 0);
	const { setName, set, hostOrder, networkOrder } = constants[order.order];
	const common = { scope: "inet", about: table.about } as const;
	const steps: Step[] = [
		{
			...common,
			type: messageType.newSet,
			flags: flag.create,
			attributes:
				attribute(setField.table, table.name) +
				attribute(setField.name, setName) +
				number(setField.flags, flags) +
				number(setField.keyType, key.type) +
				number(setField.keyLength, key.length) +
				number(setField.id, id) +
				nest(setField.description, number(1, elements.length)) +
				attribute(setField.userdata, key.isHostOrder ? hostOrder : networkOrder),
		},
	];
	const { start, end } = elementFrames(order, key.length);
	const padding = zeros(-key.length & 3);
	for (let from = 0; from < elements.length; from += mostElements) {
		let list = "";
		for (const { value, isEnd } of elements.slice(from, from + mostElements)) {
			list += (isEnd ? end : start) + value + padding;
		}
		steps.push({
			...common,
			type: messageType.newSetElements,
			flags: flag.create,
			attributes:
				attribute(elementListField.table, table.name) +
				set +
				number(elementListField.setId, id) +
				nest(elementListField.elements, list),
		});
	}
	return steps;
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

/** What stands before the value of an element that begins a range, or is one value, and of one that ends a range. */
function elementFrames(order: Words, length: number): { start: Bytes; end: Bytes } {
	const { attribute, nest } = order;
	const value = zeros(length);
	const withoutValue = (whole: Bytes) => whole.slice(0, whole.length - length - (-length & 3));
	const key = nest(elementField.key, attribute(1, value));
	const flags = attribute(elementField.flags, be32(elementFlag.intervalEnd));
	return {
		start: withoutValue(nest(listElement, key)),
		end: withoutValue(nest(listElement, flags + key)),
	};
}
