import { CallError } from "./call-error.ts";
import { formatFloat } from "./float.ts";
import type { Flags } from "./format.ts";
import { pad } from "./format-text.ts";
import { quote } from "./quote.ts";
import { isPrint } from "./rune.ts";
import type { GoInt } from "./value.ts";

const bases: Readonly<Record<string, number>> = { b: 2, d: 10, o: 8, O: 8, v: 10, x: 16, X: 16 };

/** An integer under its verb; undefined where the verb is not an integer's. */
export function formatIntegerVerb(integer: GoInt, verb: string, flags: Flags): string | undefined {
	const base = bases[verb];
	if (base !== undefined) {
		return formatInteger(integer.value, base, verb, flags);
	}
	const point = integer.value < 0n || integer.value > 0x10ffffn ? 0xfffd : Number(integer.value);
	const rune = point >= 0xd800 && point <= 0xdfff ? "\ufffd" : String.fromCodePoint(point);
	switch (verb) {
		case "c":
			return pad(rune, flags);
		case "q":
			return pad(quote(rune, flags.plus, "'"), flags);
		case "U":
			return pad(unicodeName(integer.value, rune, flags), { ...flags, zero: false });
		default:
			return undefined;
	}
}

function unicodeName(value: bigint, rune: string, flags: Flags): string {
	const digits = BigInt.asUintN(64, value).toString(16).toUpperCase();
	const name = `U+${digits.padStart(Math.max(4, flags.precision ?? 0), "0")}`;
	return flags.sharp && isPrint(rune) ? `${name} '${rune}'` : name;
}

function formatInteger(value: bigint, base: number, verb: string, flags: Flags): string {
	const magnitude = value < 0n ? -value : value;
	const sign = value < 0n ? "-" : flags.plus ? "+" : flags.space ? " " : "";
	if (flags.precision === 0 && value === 0n) {
		return pad("", { ...flags, zero: false });
	}
	const digits = magnitude.toString(base).padStart(leastDigits(sign, flags), "0");
	const shown = verb === "X" ? digits.toUpperCase() : digits;
	return pad(sign + prefixOf(shown, base, verb, flags) + shown, { ...flags, zero: false });
}

/** `%08d` fills the width with zeros, unless a precision says how many digits there should be. */
function leastDigits(sign: string, flags: Flags): number {
	if (flags.precision !== undefined) {
		return flags.precision;
	}
	return flags.zero && !flags.minus && flags.width !== undefined ? flags.width - sign.length : 0;
}

function prefixOf(digits: string, base: number, verb: string, flags: Flags): string {
	if (verb === "O") {
		return "0o";
	}
	if (!flags.sharp) {
		return "";
	}
	switch (base) {
		case 2:
			return "0b";
		case 8:
			return digits.startsWith("0") ? "" : "0";
		case 16:
			return `0${verb}`;
		default:
			return "";
	}
}

/** A float64 under its verb; undefined where the verb is not a float's. */
export function formatFloatVerb(value: number, verb: string, flags: Flags): string | undefined {
	if ("bxX".includes(verb) || (flags.sharp && "eEfFgGv".includes(verb))) {
		throw new CallError(`printf: ${flags.sharp ? "%#" : "%"}${verb} of a float is not supported`);
	}
	const lower = verb.toLowerCase();
	if (verb !== "v" && lower !== "e" && lower !== "f" && lower !== "g") {
		return undefined;
	}
	const shape = verb === "v" ? "g" : (lower as "e" | "f" | "g");
	const text = formatFloat(value, shape, flags.precision ?? (shape === "g" ? -1 : 6));
	return padSigned(verb === "E" || verb === "G" ? text.replace("e", "E") : text, value, flags);
}

/** Zeros go between the sign and the digits; infinity and NaN are never filled with zeros. */
function padSigned(text: string, value: number, flags: Flags): string {
	const digits = text.replace(/^[+-]/, "");
	const sign = text.startsWith("-") ? "-" : signOf(value, flags);
	if (!Number.isFinite(value)) {
		return pad(sign + digits, { ...flags, zero: false });
	}
	if (flags.zero && !flags.minus && flags.width !== undefined && sign !== "") {
		return sign + digits.padStart(flags.width - sign.length, "0");
	}
	return pad(sign + digits, flags);
}

function signOf(value: number, flags: Flags): string {
	if (flags.plus) {
		return "+";
	}
	if (flags.space) {
		return " ";
	}
	return value === Number.POSITIVE_INFINITY ? "+" : "";
}
