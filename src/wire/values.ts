import { type Bytes, u8, zeros } from "./bytes.ts";
import type { ElementObject } from "./objects.ts";

/** Values from one to another, both included, as bytes in network order, so that comparing them compares the numbers. */
export interface ValueRange {
	readonly low: Bytes;
	readonly high: Bytes;
}

export function single(value: Bytes): ValueRange {
	return { low: value, high: value };
}

/** All values that begin with these bytes. */
export function beginningWith(start: Bytes, width: number): ValueRange {
	return { low: start.padEnd(width, "\0"), high: start.padEnd(width, "\xff") };
}

/** What has, under a mask, a value; undefined for a mask that is no prefix, or a value that no number has under it. */
export function underMask(value: Bytes, mask: Bytes): ValueRange | undefined {
	let high = "";
	let isRest = false;
	for (let at = 0; at < mask.length; at++) {
		const bits = mask.charCodeAt(at);
		const inverted = ~bits & 0xff;
		// In a prefix ones are followed by zeros alone.
		if (
			(isRest && bits !== 0) ||
			(inverted & (inverted + 1)) !== 0 ||
			(value.charCodeAt(at) & inverted) !== 0
		) {
			return undefined;
		}
		isRest ||= inverted !== 0;
		high += u8(value.charCodeAt(at) | inverted);
	}
	return value.length === mask.length ? { low: value, high } : undefined;
}

/** The value before; undefined for the first of all. */
export function before(value: Bytes): Bytes | undefined {
	for (let at = value.length - 1; at >= 0; at--) {
		if (value.charCodeAt(at) !== 0) {
			const lower = u8(value.charCodeAt(at) - 1);
			return `${value.slice(0, at)}${lower}${"\xff".repeat(value.length - at - 1)}`;
		}
	}
	return undefined;
}

/** The value after; undefined for the last of all. */
export function after(value: Bytes): Bytes | undefined {
	for (let at = value.length - 1; at >= 0; at--) {
		const byte = value.charCodeAt(at);
		if (byte !== 0xff) {
			return `${value.slice(0, at)}${u8(byte + 1)}${zeros(value.length - at - 1)}`;
		}
	}
	return undefined;
}

export function reversed(value: Bytes): Bytes {
	let turned = "";
	for (let at = value.length - 1; at >= 0; at--) {
		turned += value.charAt(at);
	}
	return turned;
}

/** A number of at most four bytes. */
export function numberOf(value: Bytes): number {
	let number = 0;
	for (let at = 0; at < value.length; at++) {
		number = number * 256 + value.charCodeAt(at);
	}
	return number;
}

/** A range of a set, and the element that it comes from. */
export interface HeldRange extends ValueRange {
	readonly element: ElementObject;
}

/** The ranges of a set of intervals, of which the kernel tells the bounds; ascending. */
export function intervalsOf(elements: readonly ElementObject[]): HeldRange[] {
	const bounds = [...elements].sort(byKey);
	const ranges: HeldRange[] = [];
	for (const [index, element] of bounds.entries()) {
		if (element.isEnd) {
			continue;
		}
		const next = bounds[index + 1];
		const last = element.keyEnd ?? (next === undefined ? undefined : before(next.key));
		ranges.push({ low: element.key, high: last ?? "\xff".repeat(element.key.length), element });
	}
	return ranges;
}

/**
 * The values of any other set, ascending as nft lists them: the kernel tells those of a hash table in an order that changes with
 * every set (nft_rhash_walk in net/netfilter/nft_set_hash.c).
 */
export function pointsOf(elements: readonly ElementObject[]): HeldRange[] {
	return [...elements]
		.sort(byKey)
		.map((element) => ({ low: element.key, high: element.keyEnd ?? element.key, element }));
}

/** Where one range ends and the next begins at one value, the end comes first. */
function byKey(a: ElementObject, b: ElementObject): number {
	if (a.key !== b.key) {
		return a.key < b.key ? -1 : 1;
	}
	return Number(b.isEnd) - Number(a.isEnd);
}
