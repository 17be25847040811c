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
	const { texts, end } = linesOf(lines, lines.nextLine(start), outer);
	const last = texts.findLastIndex((text) => text !== "");
	const content = texts.slice(0, last + 1);
	if (last === -1) {
		throw new Unusual();
	}
	const isClosed = last < texts.length - 1 || source.charCodeAt(end - 1) === code.lineFeed;
	const breaks = chomping === "+" ? texts.length - 1 - last : 0;
	const value =
		(style === "|" ? content.join("\n") : fold(content)) +
		(chomping === "-" || !isClosed ? "" : "\n".repeat(1 + breaks));
	if (chomping === "+" && source.charCodeAt(end - 1) !== code.lineFeed) {
		throw new Unusual();
	}
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
): { readonly texts: string[]; readonly end: number } {
	const { source } = lines;
	const texts: string[] = [];
	let indent: number | undefined;
	let line = start;
	while (line < source.length) {
		const at = lines.pastSpaces(line);
		const column = at - line;
		const isBlank = lines.isEnd(at);
		if (!isBlank && column < (indent ?? outer + 1)) {
			break;
		}
		if (source.charCodeAt(at) === code.tab && indent === undefined) {
			throw new Unusual();
		}
		if (!isBlank) {
			indent ??= column;
		} else if (indent === undefined && column > outer + 1) {
			// Spaces before the first text may say that its indentation is another.
			throw new Unusual();
		}
		texts.push(
			isBlank && column <= (indent ?? column) ? "" : source.slice(line + (indent ?? 0), lines.endOfLine(at)),
		);
		line = lines.nextLine(line);
	}
	return { texts, end: line };
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
