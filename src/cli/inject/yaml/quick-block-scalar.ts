import type { ScalarNode } from "./node.ts";
import { code, type QuickLines } from "./quick-lines.ts";
import { Unusual } from "./unusual.ts";

/** A text after `|` or `>`, whose lines are further right than `outer`. Leaves the lines behind it. */
export function readBlockScalar(lines: QuickLines, start: number, outer: number): ScalarNode {
	const { source } = lines;
	const [, style, chomping] =
		/^([|>])([-+]?)(?: *| +#.*)$/.exec(source.slice(start, lines.endOfLine(start))) ?? [];
	if (style === undefined) {
		throw new Unusual();
	}
	const { texts, ends } = linesOf(lines, lines.nextLine(start), outer);
	const last = texts.findLastIndex((text) => text !== "");
	const content = texts.slice(0, last + 1);
	const keepsBreaks = chomping === "+";
	const end = (keepsBreaks ? ends.at(-1) : ends[last]) ?? start;
	if (last === -1 || (keepsBreaks && source.charCodeAt(end - 1) !== code.lineFeed)) {
		throw new Unusual();
	}
	const breaks = keepsBreaks ? texts.length - last : 1;
	// Also where the text ends without a line break: kubectl gives it one before it reads.
	const value =
		(style === "|" ? content.join("\n") : fold(content)) + (chomping === "-" ? "" : "\n".repeat(breaks));
	lines.advance(end);
	if (lines.indent > outer) {
		throw new Unusual();
	}
	return { kind: "scalar", style: "block", start, end, value };
}

/** The lines of the text without their indentation, which is that of the first with something on it. */
function linesOf(
	lines: QuickLines,
	start: number,
	outer: number,
): { readonly texts: readonly string[]; readonly ends: readonly number[] } {
	const { source } = lines;
	const indent = indentOf(lines, start, outer);
	const texts: string[] = [];
	const ends: number[] = [];
	let line = start;
	while (line < source.length) {
		const at = lines.pastSpaces(line);
		const column = at - line;
		if (column < indent && !lines.isEnd(at)) {
			break;
		}
		texts.push(column < indent ? "" : source.slice(line + indent, lines.endOfLine(at)));
		line = lines.nextLine(line);
		ends.push(line);
	}
	return { texts, ends };
}

/** Blank lines above that are longer say that the indentation is another, and tabs that it is unclear. */
function indentOf(lines: QuickLines, start: number, outer: number): number {
	let widest = 0;
	for (let line = start; line < lines.source.length; line = lines.nextLine(line)) {
		const at = lines.pastSpaces(line);
		const column = at - line;
		if (!lines.isEnd(at)) {
			if (column <= outer || column < widest || lines.source.charCodeAt(at) === code.tab) {
				throw new Unusual();
			}
			return column;
		}
		widest = Math.max(widest, column);
	}
	throw new Unusual();
}

/** Lines are joined by blanks, and blank lines between them are line breaks. */
function fold(texts: readonly string[]): string {
	if (texts.some((text) => /^[ \t]/.test(text))) {
		throw new Unusual();
	}
	let result = "";
	let separator = "";
	for (const text of texts) {
		if (text === "") {
			separator = separator === " " ? "\n" : `${separator}\n`;
		} else {
			result += separator + text;
			separator = " ";
		}
	}
	return result;
}
