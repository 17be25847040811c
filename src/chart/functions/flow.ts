import { CallError, DeliberateFailure } from "../go/call-error.ts";
import { deepCopy } from "../go/deep-copy.ts";
import { deepEqual } from "../go/deep-equal.ts";
import { kindOf, typeOf } from "../go/kind.ts";
import { isEmpty } from "../go/truth.ts";
import type { Value } from "../go/value.ts";
import { type FunctionTable, fixed, variadic } from "./function.ts";

/** Defaults, choices, giving up, and questions about types. */
export const flowFunctions: FunctionTable = {
	default: variadic(["any"], "any", (fallback, [given]) => (isEmpty(given) ? fallback : given)),
	coalesce: variadic([], "any", (values) => values.find((value) => !isEmpty(value)) ?? null),
	ternary: fixed(["any", "any", "bool"], (yes, no, condition) => (condition ? yes : no)),
	empty: fixed(["any"], isEmpty),
	all: variadic([], "any", (values) => !values.some(isEmpty)),
	any: variadic([], "any", (values) => values.some((value) => !isEmpty(value))),
	required: fixed(["string", "any"], required),
	hello: fixed([], () => "Hello!"),
	fail: fixed(["string"], (message) => {
		throw new DeliberateFailure(message);
	}),
	typeOf: fixed(["any"], typeOf),
	typeIs: fixed(["string", "any"], (name, value) => name === typeOf(value)),
	typeIsLike: fixed(["string", "any"], (name, value) => [name, `*${name}`].includes(typeOf(value))),
	kindOf: fixed(["any"], kindOf),
	kindIs: fixed(["string", "any"], (name, value) => name === kindOf(value)),
	deepEqual: fixed(["any", "any"], deepEqual),
	deepCopy: fixed(["any"], copy),
	mustDeepCopy: fixed(["any"], copy),
};

/** Unlike `default`, takes false and 0 for given. */
function required(message: string, value: Value): Value {
	if (value == null || value === "") {
		throw new DeliberateFailure(message);
	}
	return value;
}

/** copystructure.Copy of nothing yields nothing, which reflect cannot hand back. */
function copy(value: Value): Value {
	if (value == null) {
		throw new CallError("cannot copy nil");
	}
	return deepCopy(value);
}
