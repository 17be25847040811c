import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { ChartFiles } from "../../chart/index.ts";

/** A chart's folder, links followed as Helm follows them. Throws what node:fs throws. */
export function readChartFiles(folder: string): ChartFiles {
	const paths = readdirSync(folder, { encoding: "utf8", recursive: true }).toSorted();
	return new Map(
		paths
			.map((path): [string, string] => [path.split(sep).join("/"), join(folder, path)])
			.filter(([, path]) => statSync(path).isFile())
			.map(([name, path]) => [name, readFileSync(path, "utf8")]),
	);
}
