import { CallError } from "../go/call-error.ts";
import { equals, equalsAny, isLess } from "../go/compare.ts";
import { typeOf } from "../go/kind.ts";
import { sprint, sprintln } from "../go/print.ts";
import { sprintf } from "../go/printf.ts";
import { isTrue, lengthOf } from "../go/truth.ts";
import { utf8Encode } from "../go/utf8.ts";
import { GoBytes, GoInt, GoMap, GoSlice, int, type Value, zeroOf } from "../go/value.ts";
import { type FunctionTable, fixed, variadic } from "./function.ts";

/** The functions that text/template itself has; `and` and `or` are part of the language (see Expressions). */
export const builtinFunctions: FunctionTable = {
	and: variadic(["value"], "value", (first) => first),
	or: variadic(["value"], "value", (first) => first),
	not: fixed(["value"], (value) => !isTrue(value)),
	eq: variadic(["value"], "value", (first, others) => equalsAny(first, others)),
	ne: fixed(["value", "value"], (a, b) => !equals(a, b)),
	lt: fixed(["value", "value"], (a, b) => isLess(a, b)),
	le: fixed(["value", "value"], (a, b) => isLess(a, b) || equals(a, b)),
	gt: fixed(["value", "value"], (a, b) => !(isLess(a, b) || equals(a, b))),
	ge: fixed(["value", "value"], (a, b) => !isLess(a, b)),
	index: variadic(["value"], "value", index),
	len: fixed(["value"], length),
	print: variadic([], "any", (values) => sprint(values)),
	printf: variadic(["string"], "any", (format, values) => sprintf(format, values)),
	println: variadic([], "any", (values) => sprintln(values)),
	html: variadic([], "any", (values) => escapeHtml(sprint(values.map(printable)))),
	urlquery: variadic([], "any", (values) => escapeQuery(sprint(values.map(printable)))),
};

function length(value: Value): Value {
	const count = lengthOf(value);
	if (count === undefined) {
		throw new CallError(value == null ? "len of nil pointer" : `len of type ${typeOf(value)}`);
	}
	return int(count);
}

/** `index x 1 "a"` is `x[1]["a"]`. A key that a map lacks is nil, an index beyond a list is an error. */
function index(collection: Value, indexes: readonly Value[]): Value {
	if (collection == null) {
		throw new CallError("index of untyped nil");
	}
	return indexes.reduce<Value>(indexOnce, collection);
}

function indexOnce(item: Value, key: Value): Value {
	if (item instanceof GoMap) {
		return entryOf(item, key);
	}
	if (item instanceof GoSlice) {
		return item.items[position(key, item.items.length)];
	}
	if (typeof item === "string" || item instanceof GoBytes) {
		const bytes = utf8Encode(typeof item === "string" ? item : item.text);
		return new GoInt("uint8", bytes[position(key, bytes.length)] ?? 0);
	}
	throw new CallError(item == null ? "index of nil pointer" : `can't index item of type ${typeOf(item)}`);
}

function entryOf(map: GoMap, key: Value): Value {
	if (typeof key !== "string") {
		const found =
			key == null
				? "value is nil; should be of type string"
				: `value has type ${typeOf(key)}; should be string`;
		throw new CallError(found);
	}
	return map.entries.has(key) ? map.entries.get(key) : zeroOf(map.element);
}

function position(key: Value, length: number): number {
	if (!(key instanceof GoInt)) {
		throw new CallError(
			key == null ? "cannot index slice/array with nil" : `cannot index slice/array with type ${typeOf(key)}`,
		);
	}
	if (key.value < 0n || key.value >= BigInt(length)) {
		throw new CallError(`index out of range: ${key.value}`);
	}
	return Number(key.value);
}

function printable(value: Value): Value {
	return value ?? "<no value>";
}

const htmlEscapes: Readonly<Record<string, string>> = {
	"\0": "\ufffd",
	'"': "&#34;",
	"'": "&#39;",
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
};

function escapeHtml(text: string): string {
	return text.replace(/[\0"'&<>]/g, (char) => htmlEscapes[char] ?? char);
}

function escapeQuery(text: string): string {
	return Array.from(utf8Encode(text), (byte) => {
		const char = String.fromCharCode(byte);
		if (/[\w.~-]/.test(char)) {
			return char;
		}
		return byte === 0x20 ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
	}).join("");
}
