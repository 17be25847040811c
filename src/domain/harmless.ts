/**
 * What moves a terminal's cursor, colours it, begins a line or turns the order of what follows: control characters (C0,
 * DEL, and C1, whose U+009B is "escape [" in one), the Unicode Bidirectional Algorithm's (UAX #9, 2), and Unicode's own
 * two line breaks.
 */
const harmful = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;
const harmfulInLines = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** A text from outside as it can be shown in a line of ours: it can neither steer a terminal nor pose as a line more. */
export function harmless(text: string): string {
	return text.replace(harmful, escaped);
}

/** The same for what we have made lines of ourselves: their ends stay. */
export function harmlessLines(text: string): string {
	return text.replace(harmfulInLines, escaped);
}

/**
 * JSON for programs that does nothing to a terminal where it comes to one: what would is spelled as an escape, which a
 * program reads as the same.
 */
export function harmlessJson(value: unknown, indentation?: number): string {
	return harmlessLines(JSON.stringify(value, null, indentation));
}

/** In quotation marks, and JSON still. */
export function quoted(text: string): string {
	return harmless(JSON.stringify(text));
}

/** As JSON spells them. */
function escaped(character: string): string {
	return spelled[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const spelled: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
