import type { Flags } from "./format.ts";
import { quote } from "./quote.ts";
import { utf8Encode } from "./utf8.ts";

/** Pads to the width, counted in runes; zeros only to the left. */
export function pad(text: string, flags: Flags): string {
	if (flags.width === undefined) {
		return text;
	}
	const missing = flags.width - runeCount(text);
	if (missing <= 0) {
		return text;
	}
	if (flags.minus) {
		return text + " ".repeat(missing);
	}
	return (flags.zero ? "0" : " ").repeat(missing) + text;
}

function runeCount(text: string): number {
	let count = 0;
	for (const _ of text) {
		count++;
	}
	return count;
}

/** A string under `%s`, `%v`, `%q`, `%x` or `%X`; undefined under any other verb. */
export function formatTextVerb(text: string, verb: string, flags: Flags): string | undefined {
	switch (verb) {
		case "s":
		case "v":
			return pad(truncate(text, flags), flags);
		case "q":
			return pad(quoted(truncate(text, flags), flags), flags);
		case "x":
		case "X":
			return hexadecimal(text, verb, flags);
		default:
			return undefined;
	}
}

function truncate(text: string, { precision }: Flags): string {
	return precision === undefined ? text : Array.from(text).slice(0, precision).join("");
}

/** `%#q` prefers backquotes where the text allows them: one line, no backquote, no control character but tab. */
function quoted(text: string, flags: Flags): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
	if (flags.sharp && !/[\x00-\x08\x0a-\x1f`\x7f\ufeff\udc80-\udcff]/.test(text)) {
		return `\`${text}\``;
	}
	return quote(text, flags.plus);
}

function hexadecimal(text: string, verb: string, flags: Flags): string {
	const all = utf8Encode(text);
	const bytes = Array.from(all.subarray(0, flags.precision ?? all.length), (byte) => {
		const digits = byte.toString(16).padStart(2, "0");
		return verb === "X" ? digits.toUpperCase() : digits;
	});
	const prefix = flags.sharp && bytes.length > 0 ? `0${verb}` : "";
	const separator = flags.space ? ` ${prefix}` : "";
	return pad(prefix + bytes.join(separator), flags);
}
