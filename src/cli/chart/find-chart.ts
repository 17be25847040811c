import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

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
