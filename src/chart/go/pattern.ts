import { unsupported } from "./value.ts";

/** A pattern's pieces: an escape, a class, the beginning of a group, or a character. */
const pieces = /\\x[0-9A-Fa-f]{2}|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:|[^\]\\])*\]|\(\?:?|[\s\S]/g;
/** Escapes that mean the same to RE2 and to JavaScript. */
const sharedEscape = /^\\(?:[dDwWbBfnrtv]|x[0-9A-Fa-f]{2}|[!-/:-@[-`{-~])$/;
const spaces = "\\t\\n\\f\\r ";

/**
 * A pattern that RE2 (package regexp) and JavaScript read alike, as a `RegExp`. `.`, `\s` and `(?i)` at the beginning,
 * which they do not, are translated; what only one of the two has is refused by name: look-around, back references,
 * named groups, Unicode and POSIX classes, other flags.
 */
export function compilePattern(pattern: string): RegExp {
	const isCaseless = pattern.startsWith("(?i)");
	const source = (isCaseless ? pattern.slice(4) : pattern).replace(pieces, (piece) =>
		translate(piece, pattern),
	);
	try {
		return new RegExp(source, isCaseless ? "giu" : "gu");
	} catch {
		throw unsupported(`the pattern ${JSON.stringify(pattern)}`);
	}
}

function translate(piece: string, pattern: string): string {
	switch (piece) {
		case ".":
			return "[^\\n]";
		case "\\s":
			return `[${spaces}]`;
		case "\\S":
			return `[^${spaces}]`;
		case "(?:":
			return piece;
		default:
			return piece.startsWith("[") ? translateClass(piece, pattern) : checked(piece, pattern);
	}
}

function translateClass(piece: string, pattern: string): string {
	if (piece.includes("[:") || /^\[\^?\]/.test(piece)) {
		throw unsupported(`${piece} in the pattern ${JSON.stringify(pattern)}`);
	}
	return piece.replace(/\\x[0-9A-Fa-f]{2}|\\[\s\S]/g, (pair) =>
		pair === "\\s" ? spaces : checked(pair, pattern, "bB"),
	);
}

/** Of all that is not translated only escapes and groups can mean two things. */
function checked(piece: string, pattern: string, refused = ""): string {
	if (piece.length > 1 && (!sharedEscape.test(piece) || refused.includes(piece.charAt(1)))) {
		throw unsupported(`${piece} in the pattern ${JSON.stringify(pattern)}`);
	}
	// What needs no backslash may have none where JavaScript reads Unicode.
	return /^\\[^\w^$\\.*+?()[\]{}|/-]$/.test(piece) ? piece.slice(1) : piece;
}
