import { CannotSplice } from "./cannot-splice.ts";

export function lineStart(source: string, offset: number): number {
	return source.lastIndexOf("\n", offset - 1) + 1;
}

/** Where the next line begins, or this one if the offset is its beginning: a block scalar ends with its line. */
export function nextLine(source: string, offset: number): number {
	if (offset > 0 && source[offset - 1] === "\n") {
		return offset;
	}
	const newline = source.indexOf("\n", offset);
	return newline === -1 ? source.length : newline + 1;
}

/** How far in a line an offset stands, if nothing but blanks and the dashes of sequences stand before it. */
export function columnOf(source: string, offset: number): number {
	const start = lineStart(source, offset);
	if (!/^[ -]*$/.test(source.slice(start, offset))) {
		throw new CannotSplice("something else stands before it on its line");
	}
	return offset - start;
}

/** As {@link columnOf}, for what has its line to itself. */
export function ownColumn(source: string, offset: number): number {
	const column = columnOf(source, offset);
	if (source.slice(offset - column, offset).includes("-")) {
		throw new CannotSplice("it shares its line with a dash");
	}
	return column;
}

/** Past the comment lines that are further in than a column: they belong to what stands above them. */
export function pastComments(source: string, offset: number, column: number): number {
	let position = offset;
	for (;;) {
		const [, blanks = ""] = /^([ \t]*)#/.exec(source.slice(position, nextLine(source, position + 1))) ?? [];
		if (blanks.length <= column) {
			return position;
		}
		position = nextLine(source, position + 1);
	}
}

/** Whether nothing but a comment follows on the line. */
export function isLastOnLine(source: string, offset: number): boolean {
	return /^[ \t]*(?:#.*)?\r?$/.test(source.slice(offset, nextLine(source, offset)).replace(/\n$/, ""));
}
