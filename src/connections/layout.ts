import { harmless } from "../domain/harmless.ts";

/** Made harmless and padded to the widest of each column, but for the last; numbers stand to the right. */
export function columns(rows: readonly (readonly string[])[], numeric: readonly number[]): string[] {
	const cells = rows.map((row) => row.map(harmless));
	const widths: number[] = [];
	for (const row of cells) {
		for (const [column, cell] of row.entries()) {
			widths[column] = Math.max(widths[column] ?? 0, cell.length);
		}
	}
	return cells.map((row) =>
		row
			.map((cell, column) => {
				const width = widths[column] ?? 0;
				if (numeric.includes(column)) {
					return cell.padStart(width);
				}
				return column === row.length - 1 ? cell : cell.padEnd(width);
			})
			.join("  "),
	);
}

/** In lines that a narrow terminal has room for; what does not fit on the first is indented a little more. */
export function wrapped(text: string, indent: string): string[] {
	const lines: string[] = [];
	let line = indent;
	for (const word of harmless(text).split(" ")) {
		const isFirst = line.trim() === "";
		if (!isFirst && line.length + 1 + word.length > narrow) {
			lines.push(line);
			line = `${indent}  ${word}`;
		} else {
			line += isFirst ? word : ` ${word}`;
		}
	}
	return [...lines, line];
}

/** Characters. */
const narrow = 80;
