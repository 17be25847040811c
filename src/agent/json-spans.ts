/** A part of a text, by offsets; `end` is behind its last character. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

const blank = /[ \t\n\r]*/y;
const string = /"(?:[^"\\]+|\\.)*"/y;
const scalar = /[^ \t\n\r,\]}]+/y;
const structure = /"(?:[^"\\]+|\\.)*"|[[\]{}]/g;

/**
 * Where the value of a member stands in an object that begins at `start`; the last one, where there are several, as
 * encoding/json of Go and JSON.parse both have it. The text has to be JSON, which the caller has made sure of.
 */
export function memberSpan(text: string, start: number, key: string): Span | undefined {
	let found: Span | undefined;
	eachItem(text, start, (at) => {
		const name = end(string, text, at);
		const value = end(blank, text, end(blank, text, name) + 1);
		const span = { start: value, end: valueEnd(text, value) };
		if (JSON.parse(text.slice(at, name)) === key) {
			found = span;
		}
		return span.end;
	});
	return found;
}

/** Where the elements of an array stand that begins at `start`. */
export function elementSpans(text: string, start: number): readonly Span[] {
	const spans: Span[] = [];
	eachItem(text, start, (at) => {
		const span = { start: at, end: valueEnd(text, at) };
		spans.push(span);
		return span.end;
	});
	return spans;
}

/** The first character that is no white space, from `start` on. */
export function skipBlank(text: string, start = 0): number {
	return end(blank, text, start);
}

/** Hands the offset of each item of an array or object to `read`, which answers with its end. */
function eachItem(text: string, start: number, read: (at: number) => number): void {
	for (let at = end(blank, text, start + 1); text[at] !== "]" && text[at] !== "}"; ) {
		const behind = end(blank, text, read(at));
		at = text[behind] === "," ? end(blank, text, behind + 1) : behind;
	}
}

function valueEnd(text: string, start: number): number {
	const first = text[start];
	if (first === '"') {
		return end(string, text, start);
	}
	if (first !== "{" && first !== "[") {
		return end(scalar, text, start);
	}
	return closingEnd(text, start);
}

/** By depth and not by recursion: how deep it goes is up to whoever wrote the file. */
function closingEnd(text: string, start: number): number {
	structure.lastIndex = start;
	for (let depth = 0; ; ) {
		const [token = ""] = structure.exec(text) ?? [];
		depth += Number(token === "{" || token === "[") - Number(token === "}" || token === "]");
		if (depth === 0) {
			return structure.lastIndex;
		}
	}
}

function end(pattern: RegExp, text: string, start: number): number {
	pattern.lastIndex = start;
	return pattern.test(text) ? pattern.lastIndex : start;
}
