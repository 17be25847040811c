import { Lexer } from "yaml";

/**
 * The library calls itself for each level, and where that fills the stack it can take the whole process with it. What
 * people write has some tens of levels, kubectl's library takes 10,000.
 */
const maxNesting = 300;

export const tooDeep = `is nested deeper than ${maxNesting} levels`;

/** Whether a text may have too many levels for the library. */
export function isTooDeep(source: string): boolean {
	return blockNesting(source) > maxNesting || (mayFlowDeep(source) && flowNesting(source) > maxNesting);
}

/** At least as many as there are: each line further right than those above it counts, and each indicator before it. */
function blockNesting(source: string): number {
	const open: number[] = [];
	let deepest = 0;
	for (const [, blanks = "", indicators = ""] of source.matchAll(/^( *)((?:[-?:][ \t]+)*)\S/gm)) {
		while ((open.at(-1) ?? -1) >= blanks.length) {
			open.pop();
		}
		open.push(blanks.length);
		const inLine = indicators.replace(/[ \t]/g, "").length;
		// A list may stand right under its key.
		deepest = Math.max(deepest, 2 * open.length + inLine);
	}
	return deepest;
}

/** A bracket may be part of a text, which only the library's lexer can tell. */
function mayFlowDeep(source: string): boolean {
	return (source.match(/[[{]/g)?.length ?? 0) > maxNesting;
}

function flowNesting(source: string): number {
	let depth = 0;
	let deepest = 0;
	for (const token of new Lexer().lex(source)) {
		if (token === "[" || token === "{") {
			depth++;
			deepest = Math.max(deepest, depth);
		} else if (token === "]" || token === "}") {
			depth--;
		}
	}
	return deepest;
}
