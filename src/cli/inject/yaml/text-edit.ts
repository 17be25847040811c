/** A piece of a text, and what to put in its place. Nothing else of the text changes. */
export interface Edit {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/**
 * The new text in pieces. Edits at one position come out in the order given, additions first. Undefined where two want the
 * same piece, or there are no edits to make.
 */
export function applyEdits(source: string, edits: readonly Edit[] | undefined): string[] | undefined {
	if (edits === undefined) {
		return undefined;
	}
	const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
	let end = 0;
	const pieces: string[] = [];
	for (const edit of sorted) {
		if (edit.start < end) {
			return undefined;
		}
		pieces.push(source.slice(end, edit.start), edit.text);
		end = edit.end;
	}
	pieces.push(source.slice(end));
	return pieces;
}
