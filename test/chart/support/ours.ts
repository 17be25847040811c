import {
	type Chart,
	type ChartFiles,
	type ChartPort,
	type ChartResult,
	formatChartProblem,
	formatRelease,
	loadChart,
	mergeValues,
	type RenderedChart,
	renderChart,
	type ValueSources,
} from "../../../src/chart/index.ts";
import { type Files, kubeVersion, type Rendered, release } from "./helm.ts";

/** The same chart, values and release with our renderer. */
export function renderWithOurs(files: Files, sources: ValueSources = {}, more: ChartPort = {}): Rendered {
	const result = renderObjects(files, sources, more);
	return result.ok
		? { ok: true, text: formatRelease(result.value) }
		: { ok: false, error: formatChartProblem(result.problem) };
}

export function renderObjects(
	files: Files,
	sources: ValueSources = {},
	more: ChartPort = {},
): ChartResult<RenderedChart> {
	return renderLoaded(loadChart(textsOf(files)), files, sources, more);
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
	return values.ok ? renderChart(chart.value, values.value, release, { kubeVersion }, more) : values;
}

/** A chart's files as our loader takes them. */
export function textsOf(files: Files): ChartFiles {
	return new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content).toString()]));
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
