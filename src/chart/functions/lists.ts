import { CallError } from "../go/call-error.ts";
import { toInt64 } from "../go/cast.ts";
import { deepEqual } from "../go/deep-equal.ts";
import { kindOf } from "../go/kind.ts";
import { compareStrings } from "../go/order.ts";
import { toText } from "../go/print.ts";
import { isEmpty } from "../go/truth.ts";
import { utf8Encode } from "../go/utf8.ts";
import { GoBytes, GoInt, GoSlice, int, list, nilList, strings, type Value } from "../go/value.ts";
import { type FunctionTable, fixed, type GoFunction, variadic } from "./function.ts";

/** sprig's lists. None changes the list that it is given, but `sortAlpha` sorts a `[]string` in place, as sprig does. */
export const listFunctions: FunctionTable = {
	list: variadic([], "any", (items) => list(items)),
	tuple: variadic([], "any", (items) => list(items)),
	...both(
		"append",
		fixed(["any", "any"], (items, item) => list([...itemsOf(items, "push on"), item])),
	),
	...both(
		"push",
		fixed(["any", "any"], (items, item) => list([...itemsOf(items, "push on"), item])),
	),
	...both(
		"prepend",
		fixed(["any", "any"], (items, item) => list([item, ...itemsOf(items, "prepend on")])),
	),
	...both(
		"first",
		fixed(["any"], (items) => itemsOf(items, "find first on")[0] ?? null),
	),
	...both(
		"last",
		fixed(["any"], (items) => itemsOf(items, "find last on").at(-1) ?? null),
	),
	...both(
		"rest",
		fixed(["any"], (items) => unlessEmpty(itemsOf(items, "find rest on"), (all) => all.slice(1))),
	),
	...both(
		"initial",
		fixed(["any"], (items) => unlessEmpty(itemsOf(items, "find initial on"), (all) => all.slice(0, -1))),
	),
	...both(
		"reverse",
		fixed(["any"], (items) => list([...itemsOf(items, "find reverse on")].reverse())),
	),
	...both(
		"compact",
		fixed(["any"], (items) => list(itemsOf(items, "compact on").filter((item) => !isEmpty(item)))),
	),
	...both(
		"uniq",
		fixed(["any"], (items) => list(unique(itemsOf(items, "find uniq on")))),
	),
	...both(
		"without",
		variadic(["any"], "any", (items, omitted) =>
			list(itemsOf(items, "find without on").filter((item) => !includes(omitted, item))),
		),
	),
	...both(
		"has",
		fixed(
			["any", "any"],
			(needle, items) => items !== null && includes(itemsOf(items, "find has on"), needle),
		),
	),
	...both("slice", variadic(["any"], "any", slice)),
	...both("chunk", fixed(["int", "any"], chunk)),
	concat: variadic([], "any", concat),
	sortAlpha: fixed(["any"], sortAlpha),
	join: fixed(["string", "any"], (separator, items) => textsOf(items).join(separator)),
	toStrings: fixed(["any"], (items) => strings(textsOf(items))),
	until: fixed(["int"], (count) => steps(0, count, count < 0 ? -1 : 1)),
	untilStep: fixed(["int", "int", "int"], steps),
	seq: variadic([], "int", sequence),
};

/** sprig's `mustX` differs from `x` only in how it fails, which a template cannot tell. */
export function both(name: string, definition: GoFunction): FunctionTable {
	return { [name]: definition, [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`]: definition };
}

export function itemsOf(value: Value, purpose: string): readonly Value[] {
	if (value instanceof GoSlice) {
		return value.items;
	}
	if (value instanceof GoBytes) {
		return Array.from(utf8Encode(value.text), (byte) => new GoInt("uint8", byte));
	}
	throw new CallError(value == null ? "a list is nil" : `Cannot ${purpose} type ${kindOf(value)}`);
}

function unlessEmpty(items: readonly Value[], pick: (items: readonly Value[]) => Value[]): GoSlice {
	return items.length === 0 ? nilList() : list(pick(items));
}

function includes(items: readonly Value[], needle: Value): boolean {
	return items.some((item) => deepEqual(item, needle));
}

function unique(items: readonly Value[]): Value[] {
	return items.reduce<Value[]>((seen, item) => {
		if (!includes(seen, item)) {
			seen.push(item);
		}
		return seen;
	}, []);
}

/** `slice $list 1 3`; an empty list has no slices, not even of itself. */
function slice(value: Value, bounds: readonly Value[]): Value {
	const items = itemsOf(value, "slice");
	if (items.length === 0) {
		return null;
	}
	const start = bounds.length > 0 ? Number(toInt64(bounds[0])) : 0;
	const end = bounds.length > 1 ? Number(toInt64(bounds[1])) : items.length;
	if (start < 0 || start > end || end > items.length) {
		throw new CallError(`slice bounds out of range [${start}:${end}]`);
	}
	const part = items.slice(start, end);
	return value instanceof GoSlice ? new GoSlice(part, value.element) : list(part);
}

function chunk(size: number, value: Value): Value {
	const items = itemsOf(value, "chunk");
	if (size <= 0) {
		throw new CallError(`cannot make chunks of ${size}`);
	}
	const chunks: Value[] = [];
	for (let i = 0; i < items.length; i += size) {
		chunks.push(list(items.slice(i, i + size)));
	}
	return new GoSlice(chunks, "[]interface {}");
}

function concat(lists: readonly Value[]): GoSlice {
	const items = lists.flatMap((value) => [...itemsOf(value, "concat")]);
	return items.length === 0 ? nilList() : list(items);
}

function sortAlpha(value: Value): GoSlice {
	if (!(value instanceof GoSlice)) {
		return strings([toText(value)]);
	}
	const sorted = value.element === "string" ? value : strings(textsOf(value));
	sorted.items.sort((a, b) => compareStrings(String(a), String(b)));
	return sorted;
}

/** What `join` puts together: every item's text, nil left out; anything else is its own only item. */
function textsOf(value: Value): string[] {
	if (value instanceof GoSlice || value instanceof GoBytes) {
		return itemsOf(value, "join")
			.filter((item) => item != null)
			.map(toText);
	}
	return value == null ? [] : [toText(value)];
}

const mostSteps = 1_000_000;

function stepValues(start: number, stop: number, step: number): number[] {
	const down = stop < start;
	if (down ? step >= 0 : step <= 0) {
		return [];
	}
	const count = Math.ceil((stop - start) / step);
	if (count > mostSteps) {
		throw new CallError(`a list of ${count} numbers is too long`);
	}
	return Array.from({ length: count }, (_, i) => start + i * step);
}

function steps(start: number, stop: number, step: number): GoSlice {
	return new GoSlice(
		stepValues(start, stop, step).map((value) => int(value)),
		"int",
	);
}

/** `seq LAST`, `seq FIRST LAST`, `seq FIRST STEP LAST`, as in a shell. */
function sequence(parameters: readonly number[]): string {
	if (parameters.length === 0 || parameters.length > 3) {
		return "";
	}
	const [first = 1, second = 0, third] = parameters.length === 1 ? [1, ...parameters] : parameters;
	const last = third ?? second;
	const direction = last < first ? -1 : 1;
	const step = third === undefined ? direction : second;
	if (third !== undefined && last < first && step > 0) {
		return "";
	}
	return stepValues(first, last + direction, step).join(" ");
}
