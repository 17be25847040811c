import { CallError } from "../go/call-error.ts";
import { toFloat64 } from "../go/cast.ts";
import { formatFloat } from "../go/float.ts";
import type { Value } from "../go/value.ts";
import { type FunctionTable, fixed, variadic } from "./function.ts";

/** sprig's arithmetic with fractions: decimal, so that 0.1 and 0.2 make 0.3. */
export const decimalFunctions: FunctionTable = {
	addf: variadic([], "any", (values) => fold(0, values, add)),
	add1f: fixed(["any"], (value) => fold(value, [1], add)),
	subf: variadic(["any"], "any", (first, values) =>
		fold(first, values, (a, b) => add(a, { ...b, digits: -b.digits })),
	),
	mulf: variadic(["any"], "any", (first, values) => fold(first, values, multiply)),
	divf: variadic(["any"], "any", (first, values) => fold(first, values, divide)),
};

/** digits × 10^-places */
interface Decimal {
	readonly digits: bigint;
	readonly places: number;
}

/** shopspring/decimal gives a quotient this many places. */
const quotientPlaces = 16;

function fold(
	first: Value,
	values: readonly Value[],
	operation: (a: Decimal, b: Decimal) => Decimal,
): number {
	const { digits, places } = values.reduce<Decimal>(
		(result, value) => operation(result, parse(value)),
		parse(first),
	);
	return Number(`${digits}e${-places}`);
}

/** The shortest decimal that reads back as the same float. */
function parse(value: Value): Decimal {
	const number = toFloat64(value);
	if (!Number.isFinite(number)) {
		throw new CallError(`cannot create a Decimal from ${formatFloat(number, "g")}`);
	}
	const [whole = "", fraction = ""] = formatFloat(number, "f").split(".");
	return { digits: BigInt(whole + fraction), places: fraction.length };
}

function add(a: Decimal, b: Decimal): Decimal {
	const places = Math.max(a.places, b.places);
	return { digits: scaled(a, places) + scaled(b, places), places };
}

function multiply(a: Decimal, b: Decimal): Decimal {
	return { digits: a.digits * b.digits, places: a.places + b.places };
}

/** Rounds half away from zero. */
function divide(a: Decimal, b: Decimal): Decimal {
	if (b.digits === 0n) {
		throw new CallError("decimal division by 0");
	}
	const numerator = a.digits * 10n ** BigInt(quotientPlaces + b.places);
	const denominator = b.digits * 10n ** BigInt(a.places);
	const quotient = numerator / denominator;
	const rest = numerator % denominator;
	const away = numerator < 0n === denominator < 0n ? 1n : -1n;
	const rounds = absolute(rest) * 2n >= absolute(denominator);
	return { digits: rounds ? quotient + away : quotient, places: quotientPlaces };
}

function scaled({ digits, places }: Decimal, to: number): bigint {
	return digits * 10n ** BigInt(to - places);
}

function absolute(value: bigint): bigint {
	return value < 0n ? -value : value;
}
