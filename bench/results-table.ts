/** Where a measurement stands in the results file. */
export interface Place {
	/** As `--only` calls it. */
	readonly section: string;
	/** The heading right above the table, where a section has several. */
	readonly table?: string;
	/** What the first column says. */
	readonly row: string;
	/** The column's heading; the first of that name. */
	readonly column: string;
}

/**
 * The figure at a place of a results file, without its unit. What is not there is an error that says so, since a page
 * that quotes it would else go on quoting what nobody measures any more.
 */
export function figureAt(results: string, place: Place): number {
	return read(cellsOf(table(results, place), place)[0] ?? "", place);
}

/** The least and the greatest of a column's figures. */
export function rangeOf(results: string, place: Omit<Place, "row">): readonly [least: number, most: number] {
	const figures = cellsOf(table(results, place), place).map((cell) => read(cell, place));
	return [Math.min(...figures), Math.max(...figures)];
}

/** The figure that a section's prose has where the pattern's first group is. */
export function figureInText(results: string, section: string, pattern: RegExp): number {
	const [, figure = ""] = pattern.exec(sectionOf(results, section)) ?? [];
	return read(figure, { section, pattern: pattern.source });
}

function sectionOf(results: string, section: string): string {
	const [, text] =
		new RegExp(`<!-- begin ${section} -->([\\s\\S]*?)<!-- end ${section} -->`).exec(results) ?? [];
	return text ?? missing({ section });
}

/** The lines of the first table under the heading, or in the section. */
function table(
	results: string,
	{ section, table: heading }: Partial<Place> & { section: string },
): string[][] {
	const text = sectionOf(results, section);
	const from = heading === undefined ? 0 : text.indexOf(`### ${heading}\n`);
	const [lines] = /(?:^\|.*\n)+/m.exec(from < 0 ? "" : text.slice(from)) ?? missing({ section, heading });
	return lines
		.trim()
		.split("\n")
		.map((line) =>
			line
				.split("|")
				.slice(1, -1)
				.map((cell) => cell.trim()),
		);
}

function cellsOf(
	[headings = [], , ...rows]: string[][],
	{ row, column, ...place }: Partial<Place>,
): string[] {
	const at = headings.indexOf(column ?? "");
	const cells = rows.filter(([name]) => row === undefined || name === row).map((cells) => cells[at]);
	return at < 0 || cells.length === 0 ? missing({ ...place, row, column }) : cells.map((cell) => cell ?? "");
}

function read(cell: string, place: object): number {
	const figure = Number(cell.replace(/ ?(?:×|%|ms)$/, ""));
	return cell === "" || Number.isNaN(figure) ? missing(place) : figure;
}

function missing(place: object): never {
	throw new Error(`bench/RESULTS.md has no figure at ${JSON.stringify(place)}`);
}
