import { CallError } from "../go/call-error.ts";
import { typeOf } from "../go/kind.ts";
import { sortedEntries } from "../go/order.ts";
import { toText } from "../go/print.ts";
import { GoMap, list, strings, type Value } from "../go/value.ts";
import { type FunctionTable, fixed, variadic } from "./function.ts";
import { both } from "./lists.ts";
import { merge, mergeOverwrite } from "./merge-dicts.ts";

/** sprig's dictionaries. `set`, `unset` and the merges change the one that they are given. */
export const dictFunctions: FunctionTable = {
	dict: variadic([], "any", dict),
	get: fixed(["dict", "string"], (map, key) => (map.entries.has(key) ? map.entries.get(key) : "")),
	set: fixed(["dict", "string", "any"], set),
	unset: fixed(["dict", "string"], (map, key) => {
		map.entries.delete(key);
		return map;
	}),
	hasKey: fixed(["dict", "string"], (map, key) => map.entries.has(key)),
	keys: variadic([], "dict", (maps) =>
		strings(maps.flatMap((map) => sortedEntries(map).map(([key]) => key))),
	),
	values: fixed(["dict"], (map) => list(sortedEntries(map).map(([, value]) => value))),
	pluck: variadic(["string"], "dict", (key, maps) =>
		list(maps.filter((map) => map.entries.has(key)).map((map) => map.entries.get(key))),
	),
	pick: variadic(
		["dict"],
		"string",
		(map, keys) => new GoMap(entriesOf(map).filter(([key]) => keys.includes(key))),
	),
	omit: variadic(
		["dict"],
		"string",
		(map, keys) => new GoMap(entriesOf(map).filter(([key]) => !keys.includes(key))),
	),
	dig: variadic([], "any", dig),
	...both(
		"merge",
		variadic(["dict"], "dict", (target, sources) => sources.reduce(merge, target)),
	),
	...both(
		"mergeOverwrite",
		variadic(["dict"], "dict", (target, sources) => sources.reduce(mergeOverwrite, target)),
	),
};

function entriesOf(map: GoMap): [string, Value][] {
	return [...map.entries];
}

function dict(items: readonly Value[]): GoMap {
	const map = new GoMap();
	for (let i = 0; i < items.length; i += 2) {
		map.entries.set(toText(items[i]), i + 1 < items.length ? items[i + 1] : "");
	}
	return map;
}

function set(map: GoMap, key: string, value: Value): GoMap {
	if (map.isNil) {
		throw new CallError("assignment to entry in nil map");
	}
	map.entries.set(key, value);
	return map;
}

/** `dig "a" "b" default $dict`. */
function dig(parameters: readonly Value[]): Value {
	if (parameters.length < 3) {
		throw new CallError("dig needs at least three arguments");
	}
	const path = parameters.slice(0, -2);
	const fallback = parameters.at(-2);
	let step = parameters.at(-1);
	for (const key of path) {
		if (!(step instanceof GoMap) || step.element !== "interface {}") {
			throw new CallError(
				`interface conversion: interface {} is ${typeOf(step)}, not map[string]interface {}`,
			);
		}
		if (typeof key !== "string") {
			throw new CallError(`interface conversion: interface {} is ${typeOf(key)}, not string`);
		}
		if (!step.entries.has(key)) {
			return fallback;
		}
		step = step.entries.get(key);
	}
	return step;
}
