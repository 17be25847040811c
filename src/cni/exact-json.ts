/** JSON with numbers as they were written, which a double might round, and what writes it. */
interface ExactJson {
	/** Numbers that would come out otherwise are texts with a mark in it: it is for handing on, not for reading. */
	readonly value: unknown;
	/** The JSON of something made of parts of the value. */
	written(value: object): string;
}

/**
 * A text that is JSON, and the value that `JSON.parse` makes of it. What plugins before us came to is theirs: integers
 * beyond 2^53 and the like go on to the runtime as they are. Neither Node 20 nor QuickJS has a `JSON.parse` that tells how
 * a number was written.
 */
export function exactJson(text: string, value: unknown): ExactJson {
	if (!mayRound.test(text)) {
		return { value, written: (part) => JSON.stringify(part) };
	}
	const taken = JSON.stringify(value);
	let mark = "#";
	while (taken.includes(mark)) {
		mark += "#";
	}
	const marked = text.replace(tokens, (token) =>
		token.startsWith('"') || JSON.stringify(Number(token)) === token ? token : `"${mark}${token}"`,
	);
	const markedNumbers = new RegExp(`"${mark}([^"]*)"`, "g");
	return {
		value: JSON.parse(marked),
		written: (part) => JSON.stringify(part).replace(markedNumbers, "$1"),
	};
}

/** A number of many digits, with a point or an exponent, or below zero and none; in a text it does no harm. */
const mayRound = /[:[,]\s*-?(?:\d{16}|\d+[.eE]|(?<=-)0)/;
const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs;
