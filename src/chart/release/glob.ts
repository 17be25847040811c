import { CallError } from "../go/call-error.ts";

/**
 * `.Files.Glob` (gobwas/glob with `/` as the separator): `*` and `?` stop at a slash, `**` does not, `[a-z]`,
 * `[!a-z]` and `{a,b}` as in a shell.
 */
export function compileGlob(pattern: string): RegExp {
	const parts: string[] = [];
	let depth = 0;
	for (let i = 0; i < pattern.length; ) {
		const { source, length, nests } = translate(pattern, i, depth);
		parts.push(source);
		depth += nests;
		i += length;
	}
	if (depth !== 0) {
		throw new CallError(`glob ${JSON.stringify(pattern)} has an open brace`);
	}
	return new RegExp(`^${parts.join("")}$`, "su");
}

interface Piece {
	readonly source: string;
	readonly length: number;
	/** 1 where a brace opens, -1 where one closes. */
	readonly nests: number;
}

function translate(pattern: string, i: number, depth: number): Piece {
	const char = pattern.charAt(i);
	switch (char) {
		case "*":
			return pattern.charAt(i + 1) === "*" ? piece(".*", 2) : piece("[^/]*", 1);
		case "?":
			return piece("[^/]", 1);
		case "[":
			return translateClass(pattern, i);
		case "{":
			return piece("(?:", 1, 1);
		case "}":
			return depth > 0 ? piece(")", 1, -1) : piece("\\}", 1);
		case ",":
			return piece(depth > 0 ? "|" : ",", 1);
		case "\\":
			return piece(escapeChar(pattern.charAt(i + 1)), 2);
		default:
			return piece(
				escapeChar(String.fromCodePoint(pattern.codePointAt(i) ?? 0)),
				char >= "\ud800" && char <= "\udbff" ? 2 : 1,
			);
	}
}

function translateClass(pattern: string, i: number): Piece {
	const match = /^\[(!?)([^\]]+)\]/.exec(pattern.slice(i));
	if (match === null) {
		throw new CallError(`glob ${JSON.stringify(pattern)} has an open bracket`);
	}
	const [whole, negated = "", members = ""] = match;
	const isRange = /^.-.$/su.test(members);
	const list = isRange
		? members.split("-").map(escapeChar).join("-")
		: Array.from(members, escapeChar).join("");
	return piece(`[${negated && "^"}${list}]`, whole.length);
}

function piece(source: string, length: number, nests = 0): Piece {
	return { source, length, nests };
}

function escapeChar(char: string): string {
	return /^\w$/.test(char) ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
