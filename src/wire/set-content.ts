import type { Cidr } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { Span } from "../domain/number.ts";
import { onceOf } from "../domain/once-of.ts";
import { maxPort, singlePorts } from "../domain/port.ts";
import { type SetContent, setKeys } from "./anonymous-set.ts";
import { type Bytes, be16, fixedString, u8, type Words } from "./bytes.ts";
import { interfaceNameLength } from "./nf-tables.ts";
import { after } from "./values.ts";

/** What a match on several values comes to: one comparison, a range, or a set. */
export type Operand =
	| { readonly kind: "value"; readonly value: Bytes }
	| { readonly kind: "range"; readonly low: Bytes; readonly high: Bytes }
	| SetOperand;

interface SetOperand {
	readonly kind: "set";
	readonly content: SetContent;
}

export type SubnetOperand =
	| { readonly kind: "subnet"; readonly address: Bytes; readonly prefix: number }
	| SetOperand;

/**
 * From so many single ports on they are put into a set of intervals, which the kernel fills in linear time: into a set of
 * single ports it puts each behind a search through all (nft_bitmap_insert walks a list, net/netfilter/nft_set_bitmap.c).
 * Below it, nft's own choice is as quick.
 */
export const manyPorts = 400;

export function portOperand(ports: readonly Span[]): Operand {
	const { lows, highs } = mergeNumbers(ports);
	const [low = 0, high = 0] = [lows[0], highs[0]];
	if (lows.length === 1) {
		return low === high
			? { kind: "value", value: be16(low) }
			: { kind: "range", low: be16(low), high: be16(high) };
	}
	const key = setKeys.port;
	const isInterval =
		lows.length >= manyPorts || (lows !== highs && lows.some((first, index) => first !== highs[index]));
	return {
		kind: "set",
		content: isInterval
			? { kind: "intervals", key, lows: portBytes(lows, 0), nexts: portBytes(highs, 1) }
			: { kind: "values", key, values: portBytes(lows, 0) },
	};
}

/** What so many is added to, in network order; empty for what is no port any more. There may be tens of thousands. */
function portBytes(ports: readonly number[], added: number): Bytes[] {
	return ports.map((port) => {
		const sum = port + added;
		return sum > maxPort ? "" : String.fromCharCode(sum >> 8, sum & 0xff);
	});
}

/** Ranges apart, in order: where each begins and where it ends. Where each is of one, that is one list. */
interface Merged<T> {
	readonly lows: readonly T[];
	readonly highs: readonly T[];
}

/**
 * The fewest ranges, in order. In plain numbers: there may be tens of thousands, most lists are in order already, and of each
 * a record is made, a set and a line of the log.
 */
export const mergeNumbers = onceOf((spans: readonly Span[]): Merged<number> => {
	const singles = singlePorts(spans);
	if (singles !== undefined && areApart(singles)) {
		return { lows: singles, highs: singles };
	}
	const lows: number[] = [];
	const highs: number[] = [];
	let end = -1;
	for (const { low, high } of inOrder(spans, lowNumber)) {
		if (low > end + 1 || end < 0) {
			lows.push(low);
			highs.push(high);
			end = high;
		} else if (high > end) {
			highs[highs.length - 1] = high;
			end = high;
		}
	}
	return { lows, highs };
});

/** In order, and none next to another. */
function areApart(numbers: readonly number[]): boolean {
	let last = -2;
	for (const number of numbers) {
		if (number <= last + 1) {
			return false;
		}
		last = number;
	}
	return true;
}

const lowNumber = ({ low }: Span): number => low;

/** Sorted by a number or by bytes, where they are not already. */
function inOrder<T>(items: readonly T[], keyOf: (item: T) => number | Bytes): readonly T[] {
	let last: number | Bytes | undefined;
	for (const item of items) {
		const key = keyOf(item);
		if (last !== undefined && key < last) {
			return [...items].sort((a, b) => {
				const [x, y] = [keyOf(a), keyOf(b)];
				return x < y ? -1 : x > y ? 1 : 0;
			});
		}
		last = key;
	}
	return items;
}

/** Subnets of one family. */
export function subnetOperand(family: Family, subnets: readonly Cidr[]): SubnetOperand {
	const key = setKeys[family];
	const { lows, highs, nexts } = mergeSubnets(subnets);
	const widest =
		lows.length === 1
			? subnets.find((subnet) => subnet.first === lows[0] && lastOf(subnet) === highs[0])
			: undefined;
	if (widest) {
		return { kind: "subnet", address: widest.first, prefix: widest.prefix };
	}
	const isInterval = subnets.some(({ first, prefix }) => prefix < 8 * first.length);
	return {
		kind: "set",
		content: isInterval
			? { kind: "intervals", key, lows, nexts }
			: { kind: "values", key, values: [...new Set(subnets.map(({ first }) => first))].sort() },
	};
}

interface MergedSubnets extends Merged<Bytes> {
	/** The first address behind each range; empty behind the last of all. */
	readonly nexts: readonly Bytes[];
}

/** The addresses of subnets of one family as the fewest ranges, in order: as bytes they compare as their numbers do. */
export const mergeSubnets = onceOf((subnets: readonly Cidr[]): MergedSubnets => {
	const lows: Bytes[] = [];
	const highs: Bytes[] = [];
	const nexts: Bytes[] = [];
	let end = "";
	let next = "";
	for (const subnet of inOrder(subnets, firstAddress)) {
		const low = subnet.first;
		const high = lastOf(subnet);
		if (lows.length === 0 || (low > end && low !== next)) {
			lows.push(low);
			highs.push(high);
			nexts.push("");
		} else if (high > end) {
			highs[highs.length - 1] = high;
		} else {
			continue;
		}
		end = high;
		next = after(high) ?? "";
		nexts[nexts.length - 1] = next;
	}
	return { lows, highs, nexts };
});

const firstAddress = ({ first }: Cidr): Bytes => first;

/** A subnet's last address. */
export function lastOf({ first, prefix }: Cidr): Bytes {
	const whole = prefix >> 3;
	const rest = prefix & 7;
	const partial = rest === 0 ? "" : u8(first.charCodeAt(whole) | (0xff >> rest));
	const start = whole === 0 ? partial : first.slice(0, whole) + partial;
	return start + (ones[first.length - start.length] ?? "");
}

/** So many bytes of ones. */
const ones: readonly Bytes[] = Array.from({ length: 17 }, (_, length) => "\xff".repeat(length));

export function nameOperand(names: readonly string[]): Operand {
	return operandOf(
		names.map((name) => fixedString(name, interfaceNameLength)),
		setKeys.interfaceName,
	);
}

/** Users or groups, whose numbers are in the machine's order in a register. */
export function idOperand(kind: "uid" | "gid", ids: readonly number[], { u32 }: Words): Operand {
	return operandOf(
		[...ids].sort((a, b) => a - b).map((id) => u32(id)),
		setKeys[kind],
	);
}

function operandOf(values: readonly Bytes[], key: SetContent["key"]): Operand {
	const distinct = [...new Set(values)];
	const [only = ""] = distinct;
	return distinct.length === 1
		? { kind: "value", value: only }
		: {
				kind: "set",
				content: { kind: "values", key, values: distinct },
			};
}
