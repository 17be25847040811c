/**
 * Nobody reads a list of thousands on a line: its first items, and how many more there are. A list is what stands between
 * commas, with a space behind each or without; it ends at the first item that has a space in it.
 */
export function shortened(text: string): string {
	const pieces = text.split(",");
	let written = "";
	let piece = pieces[0] ?? "";
	for (let index = 0; index < pieces.length - 1; ) {
		const end = endOfList(pieces, index);
		const items = end - index + 1;
		if (isLong(items)) {
			const first = [piece, ...pieces.slice(index + 1, index + mostItems)].join(",");
			written += `${first},… and ${items - mostItems} more`;
			piece = (pieces[end] ?? "").replace(/^ ?\S*/, "");
			index = end;
		} else {
			written += `${piece},`;
			index++;
			piece = pieces[index] ?? "";
		}
	}
	return written + piece;
}

const mostItems = 10;

/** The same of a list that is not spelled yet: of tens of thousands of items only those that are shown are. */
export function shortList<T>(items: readonly T[], format: (item: T) => string): string {
	return isLong(items.length)
		? `${items.slice(0, mostItems).map(format).join(",")},… and ${items.length - mostItems} more`
		: items.map(format).join(",");
}

/** Whether that many are not all shown. */
function isLong(items: number): boolean {
	return items > mostItems * 2;
}

/** Of the piece that the last item begins, which may go on with something else. */
function endOfList(pieces: readonly string[], start: number): number {
	let end = start + 1;
	while (end < pieces.length - 1 && /^ ?[^ ]+$/.test(pieces[end] ?? "")) {
		end++;
	}
	return end;
}
