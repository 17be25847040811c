import { format } from "../go/format.ts";
import { toInt64 } from "../go/number.ts";
import { CallError, deepEqual, type GoMap, isTrue, kindOf, nilList, type Value } from "../go/value.ts";
import { type FunctionTable, fixed, variadic } from "./function.ts";

/** sprig's lists and dictionaries. None changes what it is given but `set` and `merge`, which are there to. */
export const collectionFunctions: FunctionTable = {
	list: variadic([], "any", (items) => items),
	append: fixed(["any", "any"], (items, item) => [...itemsOf(items, "push on"), item]),
	first: fixed(["any"], (items) => itemsOf(items, "find first on")[0] ?? null),
	last: fixed(["any"], (items) => itemsOf(items, "find last on").at(-1) ?? null),
	rest: fixed(["any"], (items) => orNil(itemsOf(items, "find rest on"), (all) => all.slice(1))),
	uniq: fixed(["any"], (items) => unique(itemsOf(items, "find uniq on"))),
	without: variadic(["any"], "any", (items, omitted) =>
		itemsOf(items, "find without on").filter((item) => !includes(omitted, item)),
	),
	has: fixed(
		["any", "any"],
		(needle, items) => items != null && includes(itemsOf(items, "find has on"), needle),
	),
	slice: variadic(["any"], "any", slice),
	concat: variadic([], "any", (lists) =>
		orNil(
			lists.flatMap((items) => itemsOf(items, "concat")),
			(all) => all,
		),
	),
	join: fixed(["string", "any"], (separator, items) => textsOf(items).join(separator)),
	dict: variadic([], "any", dict),
	get: fixed(["dict", "string"], (map, key) => (map.has(key) ? map.get(key) : "")),
	set: fixed(["dict", "string", "any"], (map, key, value) => map.set(key, value)),
	hasKey: fixed(["dict", "string"], (map, key) => map.has(key)),
	omit: variadic(["dict"], "string", (map, keys) => new Map([...map].filter(([key]) => !keys.includes(key)))),
	merge: variadic(["dict"], "dict", (target, sources) => sources.reduce(merge, target)),
};

function itemsOf(value: Value, purpose: string): Value[] {
	if (Array.isArray(value)) {
		return value;
	}
	throw new CallError(value == null ? "a list is nil" : `Cannot ${purpose} type ${kindOf(value)}`);
}

function orNil(items: Value[], pick: (items: Value[]) => Value[]): Value[] {
	return items.length === 0 ? nilList() : pick(items);
}

function includes(items: readonly Value[], needle: Value): boolean {
	return items.some((item) => deepEqual(item, needle));
}

function unique(items: readonly Value[]): Value[] {
	return items.filter((item, i) => !includes(items.slice(0, i), item));
}

/** `slice $list 1 3`; an empty list has no slices, not even of itself. */
function slice(value: Value, bounds: readonly Value[]): Value {
	const items = itemsOf(value, "slice");
	if (items.length === 0) {
		return null;
	}
	const [start = 0, end = items.length] = bounds.map((bound) => Number(toInt64(bound)));
	if (start < 0 || start > end || end > items.length) {
		throw new CallError(`slice bounds out of range [${start}:${end}]`);
	}
	return items.slice(start, end);
}

/** What `join` puts together: every item's text, nil left out; anything else is its own only item. */
function textsOf(value: Value): string[] {
	const items = Array.isArray(value) ? value : [value];
	return items.filter((item) => item != null).map(format);
}

function dict(items: readonly Value[]): GoMap {
	const map: GoMap = new Map();
	for (let i = 0; i < items.length; i += 2) {
		map.set(format(items[i]), i + 1 < items.length ? items[i + 1] : "");
	}
	return map;
}

/**
 * sprig merges with mergo, which takes false, 0 and "" for "not set": it fills what is empty in the target, and a
 * default of true cannot be overridden with false. Maps within are shared, not copied.
 */
function merge(target: GoMap, source: GoMap): GoMap {
	for (const [key, value] of source) {
		const present = target.get(key);
		if (value instanceof Map && present instanceof Map) {
			merge(present, value);
		} else if (value != null && !isTrue(present)) {
			target.set(key, value);
		}
	}
	return target;
}
