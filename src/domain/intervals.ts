import { type Cidr, formatAddress, parseAddress } from "./cidr.ts";
import { onceOf } from "./once-of.ts";

/** An inclusive span of whole numbers: ports, users, or addresses read as one large number. */
export interface Interval {
	readonly low: bigint;
	readonly high: bigint;
}

/** The same numbers in the fewest spans, in order: how two sets are compared, whichever way they were written. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
	const merged: Interval[] = [];
	for (const next of [...intervals].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0))) {
		const last = merged.at(-1);
		if (last !== undefined && next.low <= last.high + 1n) {
			merged[merged.length - 1] = { low: last.low, high: larger(next.high, last.high) };
		} else {
			merged.push(next);
		}
	}
	return merged;
}

/** Math.max does not take them. */
function larger(a: bigint, b: bigint): bigint {
	if (a > b) {
		return a;
	}
	return b;
}

/**
 * A subnet as the span of its addresses. Once: a policy that is read back from a table is made of the table's own subnets, and
 * then held against them.
 */
export const intervalOf = onceOf(({ network, prefix, family }: Cidr): Interval => {
	const width = family === "ipv4" ? 32 : 128;
	const low = addressNumber(network);
	return { low, high: low + (1n << BigInt(width - prefix)) - 1n };
});

export function addressNumber(text: string): bigint {
	const bytes = parseAddress(text)?.bytes ?? [];
	if (bytes.length === 4) {
		// One large number is made where four others would be: there may be tens of thousands of addresses.
		return BigInt(bytes.reduce((number, byte) => number * 256 + byte, 0));
	}
	return bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

/** The fewest subnets that make up all addresses from one to another, both included. */
export function subnetsBetween(first: string, last: string): Cidr[] {
	const family = first.includes(":") ? "ipv6" : "ipv4";
	const width = family === "ipv4" ? 32 : 128;
	const high = addressNumber(last);
	const subnets: Cidr[] = [];
	for (let low = addressNumber(first); low <= high; ) {
		const hostBits = largestBlock(low, high, width);
		const bytes = bytesOf(low, width);
		const network = formatAddress({ family, bytes });
		const prefix = width - hostBits;
		subnets.push({
			family,
			network,
			first: String.fromCharCode(...bytes),
			prefix,
			text: `${network}/${prefix}`,
		});
		low += 1n << BigInt(hostBits);
	}
	return subnets;
}

/** How many host bits the largest subnet has that begins at `low` and does not pass `high`. */
function largestBlock(low: bigint, high: bigint, width: number): number {
	let bits = 0;
	while (bits < width && ((low >> BigInt(bits)) & 1n) === 0n && low + (2n << BigInt(bits)) - 1n <= high) {
		bits++;
	}
	return bits;
}

function bytesOf(number: bigint, width: number): number[] {
	return Array.from({ length: width / 8 }, (_, index) =>
		Number((number >> BigInt(width - 8 * (index + 1))) & 0xffn),
	);
}
