import { CallError } from "../go/call-error.ts";
import { toFloat64, toInt64 } from "../go/cast.ts";
import { parseDecimal64 } from "../go/parse-number.ts";
import { sprint } from "../go/print.ts";
import { type GoInt, int, int64, type Value } from "../go/value.ts";
import { type FunctionTable, fixed, variadic } from "./function.ts";

/** sprig's arithmetic: int64 whatever the operands are, and text that is no number counts as zero. */
export const numberFunctions: FunctionTable = {
	int: fixed(["any"], (value) => int(toInt64(value))),
	int64: fixed(["any"], (value) => int64(toInt64(value))),
	float64: fixed(["any"], toFloat64),
	atoi: fixed(["string"], (text) => int(parseDecimal64(text) ?? 0n)),
	toDecimal: fixed(["any"], fromOctal),
	add: variadic([], "any", (values) =>
		int64(values.reduce((sum: bigint, value) => sum + toInt64(value), 0n)),
	),
	add1: fixed(["any"], (value) => int64(toInt64(value) + 1n)),
	sub: fixed(["any", "any"], (a, b) => int64(toInt64(a) - toInt64(b))),
	mul: variadic(["any"], "any", (first, values) =>
		int64(
			values.reduce((product: bigint, value) => BigInt.asIntN(64, product * toInt64(value)), toInt64(first)),
		),
	),
	div: fixed(["any", "any"], (a, b) => int64(toInt64(a) / divisor(b))),
	mod: fixed(["any", "any"], (a, b) => int64(toInt64(a) % divisor(b))),
	max: variadic(["any"], "any", (first, others) => extreme(first, others, (a, b) => a > b)),
	biggest: variadic(["any"], "any", (first, others) => extreme(first, others, (a, b) => a > b)),
	min: variadic(["any"], "any", (first, others) => extreme(first, others, (a, b) => a < b)),
	maxf: variadic(["any"], "any", (first, others) => Math.max(...[first, ...others].map(toFloat64))),
	minf: variadic(["any"], "any", (first, others) => Math.min(...[first, ...others].map(toFloat64))),
	floor: fixed(["any"], (value) => Math.floor(toFloat64(value))),
	ceil: fixed(["any"], (value) => Math.ceil(toFloat64(value))),
	round: variadic(["any", "int"], "float64", round),
};

function divisor(value: Value): bigint {
	const number = toInt64(value);
	if (number === 0n) {
		throw new CallError("runtime error: integer divide by zero");
	}
	return number;
}

function extreme(first: Value, others: readonly Value[], wins: (a: bigint, b: bigint) => boolean): GoInt {
	const all = others.map(toInt64);
	return int64(all.reduce((best, value) => (wins(value, best) ? value : best), toInt64(first)));
}

/** Rounds half up, or from another fraction on where a third argument names one. */
function round(value: Value, places: number, [from = 0.5]: readonly number[]): number {
	const power = 10 ** places;
	const shifted = power * toFloat64(value);
	const fraction = shifted - Math.trunc(shifted);
	return (fraction >= from ? Math.ceil(shifted) : Math.floor(shifted)) / power;
}

function fromOctal(value: Value): GoInt {
	const text = sprint([value]);
	const digits = text.replace(/^[+-]/, "");
	if (!/^[0-7]+$/.test(digits)) {
		return int64(0);
	}
	const magnitude = BigInt(`0o${digits}`);
	const number = text.startsWith("-") ? -magnitude : magnitude;
	return BigInt.asIntN(64, number) === number ? int64(number) : int64(0);
}
