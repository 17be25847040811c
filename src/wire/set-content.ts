import type { Cidr } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { Span } from "../domain/number.ts";
import { maxPort } from "../domain/port.ts";
import { type SetContent, setKeys } from "./anonymous-set.ts";
import { type Bytes, be16, fixedString, u8, type Words } from "./bytes.ts";
import { interfaceNameLength } from "./nf-tables.ts";
import { after, type ValueRange } from "./values.ts";

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
	const isInterval = lows.length >= manyPorts || lows.some((first, index) => first !== highs[index]);
	return {
		kind: "set",
		content: isInterval
			? { kind: "intervals", key, lows: lows.map(be16), nexts: highs.map(portAfter) }
			: { kind: "values", key, values: lows.map(be16) },
	};
}

function portAfter(port: number): Bytes {
	return port === maxPort ? "" : be16(port + 1);
}

/** The fewest ranges, in order. In plain numbers: there may be tens of thousands, and most lists are in order already. */
export function mergeNumbers(spans: readonly Span[]): { lows: number[]; highs: number[] } {
	const isInOrder = spans.every(({ low }, index) => low >= (spans[index - 1]?.low ?? 0));
	const lows: number[] = [];
	const highs: number[] = [];
	let end = -1;
	for (const { low, high } of isInOrder ? spans : [...spans].sort((a, b) => a.low - b.low)) {
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
}

/** Subnets of one family. */
export function subnetOperand(family: Family, subnets: readonly Cidr[]): SubnetOperand {
	const key = setKeys[family];
	const spans = subnets.map(spanOf);
	const merged = mergeSpans(spans);
	const [only] = merged;
	const widest =
		merged.length === 1 && spans.find(({ low, high }) => low === only?.low && high === only.high);
	if (widest) {
		return { kind: "subnet", address: widest.low, prefix: widest.prefix };
	}
	const isInterval = spans.some(({ low, high }) => low !== high);
	return {
		kind: "set",
		content: isInterval
			? {
					kind: "intervals",
					key,
					lows: merged.map(({ low }) => low),
					nexts: merged.map(({ high }) => after(high) ?? ""),
				}
			: { kind: "values", key, values: [...new Set(spans.map(({ low }) => low))].sort() },
	};
}

/** The addresses of subnets of one family as the fewest ranges, in order. */
export function mergeSubnets(subnets: readonly Cidr[]): readonly ValueRange[] {
	return mergeSpans(subnets.map(spanOf));
}

/** A subnet's first and last address: as bytes they compare as their numbers do. */
interface AddressSpan extends ValueRange {
	readonly prefix: number;
}

function spanOf(subnet: Cidr): AddressSpan {
	const { first: low, prefix } = subnet;
	const whole = prefix >> 3;
	const rest = prefix & 7;
	const partial = rest === 0 ? "" : u8(low.charCodeAt(whole) | (0xff >> rest));
	return { low, high: (low.slice(0, whole) + partial).padEnd(low.length, "\xff"), prefix };
}

/** The same addresses in the fewest spans, in order. */
function mergeSpans(spans: readonly ValueRange[]): ValueRange[] {
	const merged: { low: Bytes; high: Bytes }[] = [];
	for (const { low, high } of [...spans].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))) {
		const last = merged.at(-1);
		if (last === undefined || (low > last.high && low !== after(last.high))) {
			merged.push({ low, high });
		} else if (high > last.high) {
			last.high = high;
		}
	}
	return merged;
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
				content: { kind: "values", key, values: distinct },
			};
}
