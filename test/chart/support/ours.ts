import { createHash, randomBytes } from "node:crypto";
import {
	type Chart,
	type ChartPort,
	type ChartResult,
	formatChartProblem,
	formatRelease,
	helmApiVersions,
	loadChart,
	mergeValues,
	type RenderedChart,
	renderChart,
	type ValueSources,
} from "../../../src/chart/index.ts";
import { type Files, kubeVersion, type Rendered, release } from "./helm.ts";

export const port: ChartPort = {
	now: () => Date.now(),
	randomBytes: (count) => new Uint8Array(randomBytes(count)),
	digest: (algorithm, data) => new Uint8Array(createHash(algorithm).update(data).digest()),
};

/** The same chart, values and release with our renderer. */
export function renderWithOurs(
	files: Files,
	sources: ValueSources = {},
	options = {},
	more: ChartPort = {},
): Rendered {
	const result = renderObjects(files, sources, more);
	return result.ok
		? { ok: true, text: formatRelease(result.value, options) }
		: { ok: false, error: formatChartProblem(result.problem) };
}

export function renderObjects(
	files: Files,
	sources: ValueSources = {},
	more: ChartPort = {},
): ChartResult<RenderedChart> {
	return renderLoaded(loadChart(new Map(Object.entries(files))), files, sources, more);
}

/** The same with a chart that is loaded already; `files` are those that the values come from. */
export function renderLoaded(
	chart: ChartResult<Chart>,
	files: Files,
	sources: ValueSources = {},
	more: ChartPort = {},
): ChartResult<RenderedChart> {
	if (!chart.ok) {
		return chart;
	}
	const values = mergeValues(sources, (path) => {
		const content = files[path];
		return content === undefined ? undefined : Buffer.from(content).toString();
	});
	return values.ok
		? renderChart(
				chart.value,
				values.value,
				release,
				{ kubeVersion, apiVersions: helmApiVersions, helmVersion: "v3.22" },
				{ ...port, ...more },
			)
		: values;
}

/** The flags of `helm template` that say the same. */
export function flagsOf(sources: ValueSources): string[] {
	const flags: [string, readonly string[] | undefined][] = [
		["-f", sources.files],
		["--set-json", sources.setJson],
		["--set", sources.set],
		["--set-string", sources.setString],
		["--set-file", sources.setFile],
	];
	return flags.flatMap(([flag, values = []]) => values.flatMap((value) => [flag, value]));
}
