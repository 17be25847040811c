import type { Paint } from "../src/cli/paint.ts";

export interface Cell {
	readonly text: string;
	readonly paint?: Paint;
}

const gap = "  ";

/** Columns as wide as their widest cell. Paint comes after padding, so that it does not count. */
export function formatTable(rows: readonly (readonly Cell[])[]): string[] {
	const count = Math.max(0, ...rows.map((row) => row.length));
	const widths = Array.from({ length: count }, (_, column) =>
		Math.max(...rows.map((row) => row[column]?.text.length ?? 0)),
	);
	return rows.map((row) =>
		row
			.map(({ text, paint }, column) => {
				const isLast = column === row.length - 1;
				const padded = isLast ? text : text.padEnd(widths[column] ?? 0);
				return paint === undefined ? padded : paint(padded);
			})
			.join(gap)
			.trimEnd(),
	);
}
