import { parseFloat64, parseInt64, parseUint64 } from "../chart/go/number.ts";
import type { Json } from "../inject/json.ts";
import { exactly, Numeral } from "../inject/numeral.ts";

/**
 * What a scalar without quotes means to kubectl, whose YAML library is Helm's; only that numbers which no double holds
 * stay what they are, where kubectl rounds some and takes others for texts.
 */
export function plainValue(text: string): Json {
	if (isLongWord.test(text)) {
		return text;
	}
	if (isShortInteger.test(text)) {
		return Number(text);
	}
	const resolved = resolvePlain(text);
	switch (resolved.kind) {
		case "null":
			return null;
		case "bool":
			return resolved.value;
		case "int":
			return wholeNumber(resolved.value, text);
		case "float":
			return Number.isFinite(resolved.value) ? exactly(text.replaceAll("_", "")) : resolved.value;
		default:
			return isDigitFirst.test(text) ? outOfRange(text) : text;
	}
}

/** Most texts, and longer than any word that is a truth value or null. */
const isLongWord = /^[A-Za-z/].{5}/;
const isShortInteger = /^(?:0|[1-9]\d{0,14})$/;
const isDigitFirst = /^[-+.]?\d/;

function wholeNumber(value: bigint, text: string): number | Numeral {
	const number = Number(value);
	const isNegativeZero = number === 0 && text.startsWith("-");
	return Number.isSafeInteger(number) && !isNegativeZero ? number : new Numeral(text, exactJson(value, text));
}

function exactJson(value: bigint, text: string): string {
	return value === 0n && text.startsWith("-") ? "-0" : `${value}`;
}

/** `1e400` and hexadecimal numbers of more than 64 bits. */
function outOfRange(text: string): Json {
	if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) {
		return exactly(text);
	}
	const [, sign = "", digits] = /^([-+]?)(0[xX][\da-fA-F]+)$/.exec(text) ?? [];
	return digits === undefined ? text : new Numeral(text, `${sign === "-" ? "-" : ""}${BigInt(digits)}`);
}

/**
 * What a plain scalar means to go-yaml v2, which Helm reads YAML with: YAML 1.1's booleans, C's integers with `_`; and
 * timestamps, which Helm hands out as texts, are no more than that.
 */
type Resolved =
	| { readonly kind: "null" | "string" }
	| { readonly kind: "bool"; readonly value: boolean }
	| { readonly kind: "int"; readonly value: bigint }
	| { readonly kind: "float"; readonly value: number };

const plainText: Resolved = { kind: "string" };

const words: ReadonlyMap<string, Resolved> = new Map<string, Resolved>([
	...spellings(["y", "yes", "true", "on"], { kind: "bool", value: true }),
	...spellings(["n", "no", "false", "off"], { kind: "bool", value: false }),
	...spellings(["null"], { kind: "null" }),
	["~", { kind: "null" }],
	["", { kind: "null" }],
	...spellings(["inf"], { kind: "float", value: Number.POSITIVE_INFINITY }, "."),
	...spellings(["inf"], { kind: "float", value: Number.POSITIVE_INFINITY }, "+."),
	...spellings(["inf"], { kind: "float", value: Number.NEGATIVE_INFINITY }, "-."),
	...[".nan", ".NaN", ".NAN"].map((name): [string, Resolved] => [name, { kind: "float", value: Number.NaN }]),
]);

function spellings(names: readonly string[], resolved: Resolved, prefix = ""): [string, Resolved][] {
	return names.flatMap((name) =>
		[name, name.charAt(0).toUpperCase() + name.slice(1), name.toUpperCase()].map(
			(spelling): [string, Resolved] => [prefix + spelling, resolved],
		),
	);
}

export function resolvePlain(source: string): Resolved {
	const word = words.get(source);
	if (word !== undefined || !/^[-+.\d]/.test(source)) {
		return word ?? plainText;
	}
	const digits = source.replaceAll("_", "");
	const integer = source.startsWith(".") ? undefined : (parseInt64(digits) ?? parseUint64(digits));
	if (integer !== undefined) {
		return { kind: "int", value: integer };
	}
	const float = parseFloat64(digits);
	return float === undefined ? plainText : { kind: "float", value: float };
}
