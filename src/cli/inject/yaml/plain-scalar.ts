import { resolvePlain } from "../../../chart/yaml/resolve-plain.ts";
import type { Json } from "../../../inject/json.ts";
import { exactly, Numeral } from "../../../inject/numeral.ts";

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
