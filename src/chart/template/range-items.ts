import { sortedEntries } from "../go/order.ts";
import { utf8Encode } from "../go/utf8.ts";
import { GoBytes, GoInt, GoMap, GoSlice, int, type Value } from "../go/value.ts";

/** What a range goes through. */
export interface Items {
	/** A whole number counts up to itself and has no keys. */
	readonly kind: "count" | "collection";
	readonly keys: readonly Value[];
	readonly values: readonly Value[];
}

/** More would not be a chart but a mistake. */
const mostRounds = 10_000_000;

/** The items, a map's in the order of its keys; undefined for what cannot be gone through. */
export function itemsOf(value: Value): Items | undefined {
	if (value === undefined || value === null) {
		return collection([], []);
	}
	if (value instanceof GoMap) {
		const entries = sortedEntries(value);
		return collection(
			entries.map(([key]) => key),
			entries.map(([, item]) => item),
		);
	}
	if (value instanceof GoSlice) {
		return collection(indexes(value.items.length), [...value.items]);
	}
	if (value instanceof GoBytes) {
		const bytes = utf8Encode(value.text);
		return collection(
			indexes(bytes.length),
			Array.from(bytes, (byte) => new GoInt("uint8", byte)),
		);
	}
	return value instanceof GoInt ? counted(value) : undefined;
}

function counted({ type, value }: GoInt): Items | undefined {
	if (value > mostRounds) {
		return undefined;
	}
	const values = Array.from({ length: Math.max(Number(value), 0) }, (_, i) => new GoInt(type, i));
	return { kind: "count", keys: [], values };
}

function collection(keys: readonly Value[], values: readonly Value[]): Items {
	return { kind: "collection", keys, values };
}

function indexes(count: number): Value[] {
	return Array.from({ length: count }, (_, i) => int(i));
}
