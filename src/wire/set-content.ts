import { type Cidr, parseAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import { type Interval, intervalOf, mergeIntervals } from "../domain/intervals.ts";
import type { Span } from "../domain/number.ts";
import { type Element, type SetContent, setKeys } from "./anonymous-set.ts";
import { type Bytes, be16, be32, fixedString, type Words } from "./bytes.ts";
import { interfaceNameLength } from "./nf-tables.ts";

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
	const ranges = mergePorts(ports);
	const [first] = ranges;
	if (ranges.length === 1 && first !== undefined) {
		const [low, high] = first;
		return low === high
			? { kind: "value", value: be16(low) }
			: { kind: "range", low: be16(low), high: be16(high) };
	}
	const isInterval = ranges.length >= manyPorts || ranges.some(([low, high]) => low < high);
	return {
		kind: "set",
		content: {
			key: setKeys.port,
			isInterval,
			elements: isInterval
				? bounds(
						ranges.map(([low, high]) => [be16(low), high === 0xffff ? undefined : be16(high + 1)]),
						"\0\0",
					)
				: ranges.map(([low]) => ({ value: be16(low), isEnd: false })),
		},
	};
}

/** The fewest ranges, in order. Plain numbers, since there may be tens of thousands. */
function mergePorts(ports: readonly Span[]): [number, number][] {
	const merged: [number, number][] = [];
	for (const { low, high } of [...ports].sort((a, b) => a.low - b.low)) {
		const last = merged.at(-1);
		if (last !== undefined && low <= last[1] + 1) {
			last[1] = Math.max(last[1], high);
		} else {
			merged.push([low, high]);
		}
	}
	return merged;
}

/** As nft writes a set of intervals: what is below the first range ends where all begins. */
function bounds(ranges: readonly (readonly [low: Bytes, next: Bytes | undefined])[], zero: Bytes): Element[] {
	const elements: Element[] = ranges[0]?.[0] === zero ? [] : [{ value: zero, isEnd: true }];
	for (const [low, next] of ranges) {
		elements.push({ value: low, isEnd: false });
		if (next !== undefined) {
			elements.push({ value: next, isEnd: true });
		}
	}
	return elements;
}

/** Subnets of one family. */
export function subnetOperand(family: Family, subnets: readonly Cidr[]): SubnetOperand {
	const width = family === "ipv4" ? 4 : 16;
	const merged = mergeIntervals(subnets.map(intervalOf));
	const outermost = widest(subnets, merged);
	if (outermost !== undefined) {
		return { kind: "subnet", address: addressBytes(outermost), prefix: outermost.prefix };
	}
	const isInterval = subnets.some(({ prefix }) => prefix < 8 * width);
	const top = (1n << BigInt(8 * width)) - 1n;
	const elements = isInterval
		? bounds(
				merged.map(({ low, high }) => [
					numberBytes(low, width),
					high === top ? undefined : numberBytes(high + 1n, width),
				]),
				numberBytes(0n, width),
			)
		: [...new Set(subnets.map(addressBytes))].sort().map((value) => ({ value, isEnd: false }));
	return { kind: "set", content: { key: setKeys[family], elements, isInterval } };
}

/** The one subnet that holds all others, if there is one. */
function widest(subnets: readonly Cidr[], merged: readonly Interval[]): Cidr | undefined {
	const [only] = merged;
	return merged.length === 1
		? subnets.find((subnet) => {
				const { low, high } = intervalOf(subnet);
				return low === only?.low && high === only.high;
			})
		: undefined;
}

/** A subnet's first address. */
export function addressBytes({ network }: Cidr): Bytes {
	return String.fromCharCode(...(parseAddress(network)?.bytes ?? []));
}

function numberBytes(number: bigint, width: number): Bytes {
	if (width === 4) {
		return be32(Number(number));
	}
	let bytes = "";
	for (let shift = 96n; shift >= 0n; shift -= 32n) {
		bytes += be32(Number((number >> shift) & 0xffff_ffffn));
	}
	return bytes;
}

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
				content: {
					key,
					elements: distinct.map((value) => ({ value, isEnd: false })),
					isInterval: false,
				},
			};
}
