/** Where a document stands in its file, its comments, directives and markers included. */
export interface Extent {
	readonly start: number;
	readonly end: number;
}

/**
 * The documents of a stream, by their markers, which YAML lets stand at the beginning of a line and nowhere else. Comments,
 * blank lines and directives belong to the document below them; at the end, to the one above.
 */
export function* splitDocuments(text: string): Generator<Extent> {
	let start = text.startsWith(byteOrderMark) ? 1 : 0;
	let hasBegun = false;
	for (const { index, isEnd } of markersOf(text, start)) {
		if (!isEnd) {
			if (hasBegun || saysSomething(text, start, index)) {
				yield { start, end: index };
				start = index;
			}
			hasBegun = true;
		} else {
			const feed = text.indexOf("\n", index);
			const end = feed === -1 ? text.length : feed + 1;
			if (saysSomething(text, end, text.length)) {
				yield { start, end };
				start = end;
				hasBegun = false;
			}
		}
	}
	if (hasBegun || saysSomething(text, start, text.length)) {
		yield { start, end: text.length };
	}
}

export const byteOrderMark = "\ufeff";

/** `---` and `...` */
function* markersOf(
	text: string,
	start: number,
): Generator<{ readonly index: number; readonly isEnd: boolean }> {
	const first = /(?:---|\.\.\.)(?=[ \t\r\n]|$)/y;
	first.lastIndex = start;
	const [atStart] = first.exec(text) ?? [];
	if (atStart !== undefined) {
		yield { index: start, isEnd: atStart === "..." };
	}
	for (const { 0: marker, index } of text.matchAll(/\n(?:---|\.\.\.)(?=[ \t\r\n]|$)/g)) {
		yield { index: index + 1, isEnd: marker === "\n..." };
	}
}

/** Whether there is more than comments, blank lines and directives. */
function saysSomething(text: string, start: number, end: number): boolean {
	const aside = /(?:[ \t\r]*(?:#[^\n]*)?|%[^\n]*)(?:\n|$)/y;
	for (let at = start; at < end; at = aside.lastIndex) {
		aside.lastIndex = at;
		if (!aside.test(text)) {
			return true;
		}
	}
	return false;
}
