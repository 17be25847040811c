import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChartFiles } from "../../chart/index.ts";

/**
 * The folder of one of our charts, which travel with the program: the nearest `charts/NAME` above this file, be it in
 * src/ or bundled in dist/. Throws where an installation lacks it.
 */
export function findChart(name: string, from = fileURLToPath(import.meta.url)): string {
	for (let folder = dirname(from); ; folder = dirname(folder)) {
		const chart = join(folder, "charts", name);
		if (existsSync(join(chart, "Chart.yaml"))) {
			return chart;
		}
		if (folder === dirname(folder)) {
			throw new Error(
				`the chart ${name} is missing from this installation: charts/${name} is not above ${from}`,
			);
		}
	}
}

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
