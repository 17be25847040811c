/** A piece of a text, and what to put in its place. Nothing else of the text changes. */
export interface Edit {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** Edits at one position come out in the order given, additions first. Undefined where two want the same piece. */
export function applyEdits(source: string, edits: readonly Edit[]): string | undefined {
	const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
	let end = 0;
	let result = "";
	for (const edit of sorted) {
		if (edit.start < end) {
			return undefined;
		}
		result += source.slice(end, edit.start) + edit.text;
		end = edit.end;
	}
	return result + source.slice(end);
}
