import { readFileSync } from "node:fs";

/**
 * The commands below a heading of a page, as a newcomer types them from top to bottom, those of smaller headings below it
 * included. What is built is built already, so that none of them is `make`.
 */
export function documentedLines(file: string, section: string): string[] {
	const text = readFileSync(file, "utf8");
	const heading = new RegExp(`^(##+) ${section}\n`, "m").exec(text);
	if (heading === null) {
		throw new Error(`${file} has no section ${section}`);
	}
	const rest = text.slice(heading.index + heading[0].length);
	const end = new RegExp(`^#{2,${heading[1]?.length}} `, "m");
	const lines = [...(rest.split(end)[0] ?? "").matchAll(/^ {4}(\S.*)$/gm)].map(([, line = ""]) => line);
	return lines.filter((line) => !line.startsWith("make "));
}
