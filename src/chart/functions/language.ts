import { sprintf } from "../go/format.ts";
import { toFloat64, toInt64 } from "../go/number.ts";
import { utf8Length } from "../go/text.ts";
import {
	CallError,
	DeliberateFailure,
	deepCopy,
	equals,
	isLess,
	isTrue,
	kindOf,
	typeOf,
	unsupported,
	type Value,
} from "../go/value.ts";
import { satisfies } from "../go/version.ts";
import { type FunctionTable, fixed, variadic } from "./function.ts";

/**
 * text/template's own functions (`and` and `or` are part of the language, see Expressions), and sprig's defaults,
 * choices, numbers and versions. Arithmetic is int64, or float64 where its name ends in f, whatever the operands are; text that is no number counts as zero.
 */
export const languageFunctions: FunctionTable = {
	and: variadic(["any"], "any", (first) => first),
	or: variadic(["any"], "any", (first) => first),
	not: fixed(["any"], (value) => !isTrue(value)),
	eq: variadic(["any", "any"], "any", (first, second, others) =>
		[second, ...others].some((other) => equals(first, other)),
	),
	ne: fixed(["any", "any"], (a, b) => !equals(a, b)),
	lt: fixed(["any", "any"], isLess),
	le: fixed(["any", "any"], (a, b) => isLess(a, b) || equals(a, b)),
	gt: fixed(["any", "any"], (a, b) => !(isLess(a, b) || equals(a, b))),
	ge: fixed(["any", "any"], (a, b) => !isLess(a, b)),
	index: variadic(["any"], "any", (collection, keys) => keys.reduce(indexOnce, collection)),
	len: fixed(["any"], length),
	printf: variadic(["string"], "any", sprintf),
	default: variadic(["any"], "any", (fallback, [given]) => (isTrue(given) ? given : fallback)),
	empty: fixed(["any"], (value) => !isTrue(value)),
	ternary: fixed(["any", "any", "bool"], (yes, no, condition) => (condition ? yes : no)),
	fail: fixed(["string"], (message) => {
		throw new DeliberateFailure(message);
	}),
	kindIs: fixed(["string", "any"], (name, value) => name === kindOf(value)),
	deepCopy: fixed(["any"], (value) => {
		if (value == null) {
			throw new CallError("cannot copy nil");
		}
		return deepCopy(value);
	}),
	// Go tells int from int64. Whatever takes the one for the other only Helm refuses, which the tests ask.
	int: fixed(["any"], toInt64),
	int64: fixed(["any"], toInt64),
	add: variadic([], "any", (values) =>
		BigInt.asIntN(
			64,
			values.reduce((sum: bigint, value) => sum + toInt64(value), 0n),
		),
	),
	float64: fixed(["any"], toFloat64),
	addf: variadic([], "any", (values) => values.reduce((sum: number, value) => sum + toFloat64(value), 0)),
	mulf: variadic(["any"], "any", (first, others) =>
		others.reduce((product: number, value) => product * toFloat64(value), toFloat64(first)),
	),
	floor: fixed(["any"], (value) => {
		if (typeof value !== "number") {
			throw unsupported(`floor of ${typeOf(value)}`);
		}
		return Math.floor(value);
	}),
	semverCompare: fixed(["string", "string"], compareVersion),
};

/** `index x 1 "a"` is `x[1]["a"]`. A key that a map lacks is nil, an index beyond a list is an error. */
function indexOnce(item: Value, key: Value): Value {
	if (item instanceof Map && typeof key === "string") {
		return item.has(key) ? item.get(key) : null;
	}
	if (Array.isArray(item) && typeof key === "bigint") {
		if (key < 0n || key >= BigInt(item.length)) {
			throw new CallError(`index out of range: ${key}`);
		}
		return item[Number(key)];
	}
	throw new CallError(
		item == null ? "index of nil pointer" : `can't index item of type ${typeOf(item)} by ${typeOf(key)}`,
	);
}

/** Bytes of a string, items of a list or a map. */
function length(value: Value): bigint {
	if (typeof value === "string") {
		return BigInt(utf8Length(value));
	}
	if (Array.isArray(value) || value instanceof Map) {
		return BigInt(Array.isArray(value) ? value.length : value.size);
	}
	throw new CallError(value == null ? "len of nil pointer" : `len of type ${typeOf(value)}`);
}

function compareVersion(constraint: string, version: string): boolean {
	const answer = satisfies(version, constraint);
	if (answer === undefined) {
		throw unsupported(`the constraint ${JSON.stringify(constraint)} on ${JSON.stringify(version)}`);
	}
	return answer;
}
