import type { Span } from "../domain/number.ts";

/**
 * A text as iptables-save prints it: bare where it is one plain word, else in quotation marks (xtables_save_string in
 * libxtables/xtables.c).
 */
export function savedString(text: string): string {
	return /^[\w-]+$/.test(text) ? text : `"${text.replace(/["\\']/g, "\\$&")}"`;
}

/** `! ` in front of an option whose sense is turned around. */
export function unless(negated: boolean): string {
	return negated ? "! " : "";
}

/** `80` or `80:90`. */
export function colonSpan({ low, high }: Span): string {
	return low === high ? `${low}` : `${low}:${high}`;
}

/** `80` or `80-90`. */
export function dashSpan({ low, high }: Span): string {
	return low === high ? `${low}` : `${low}-${high}`;
}

export function hexadecimal(value: number): string {
	return `0x${value.toString(16)}`;
}

/** `0x1`, and `0x1/0xff` where not all bits count. */
export function maskedHexadecimal(value: number, mask: number): string {
	return mask === 0xffff_ffff ? hexadecimal(value) : `${hexadecimal(value)}/${hexadecimal(mask)}`;
}

/** What the name of an extension is followed by where its data is not understood. */
export function notRead(revision: number): string {
	return `[revision ${revision}, not understood]`;
}
