/**
 * Renders Helm charts without Helm: the same text to the byte for everything it supports, and an error with file,
 * line and expression for everything it does not. It knows Go's text/template, Helm's and most of sprig's functions,
 * Helm's merging of values and its order of manifests; it does not know subcharts and library charts.
 *
 * Nothing here touches the world: files come in as text, and what a template asks of clock, dice and keys comes
 * through a {@link ChartPort}.
 */

import { attempt } from "./attempt.ts";
import { deepCopyMap } from "./go/deep-copy.ts";
import type { LargeIntegers } from "./go/large-integer.ts";
import { fromPlain, fromPlainMap, toPlainMap } from "./plain-value.ts";
import type { ChartPort, PlainMap, PlainValue } from "./port.ts";
import type { Capabilities } from "./release/capabilities.ts";
import type { ChartFiles } from "./release/chart-files.ts";
import { formatRelease } from "./release/format-release.ts";
import { type Chart, loadChart as load, readValues } from "./release/load-chart.ts";
import { type Release, type RenderedChart, renderChart as render } from "./release/render-chart.ts";
import type { ChartResult } from "./result.ts";
import { coalesce } from "./values/merge.ts";
import { mergeSources, type ReadText, type ValueSources } from "./values/merge-sources.ts";
import { writeYaml } from "./yaml/write-yaml.ts";

export type {
	CertificateAndKey,
	CertificateRequest,
	ChartPort,
	LookupQuery,
	PlainMap,
	PlainValue,
} from "./port.ts";
export type { Capabilities } from "./release/capabilities.ts";
export type { ChartFiles } from "./release/chart-files.ts";
export { formatRelease } from "./release/format-release.ts";
export { helmApiVersions } from "./release/helm-api-versions.ts";
export type { Chart } from "./release/load-chart.ts";
export type { Manifest } from "./release/manifest.ts";
export type { Release, RenderedChart } from "./release/render-chart.ts";
export { type ChartProblem, type ChartResult, formatChartProblem } from "./result.ts";
export type { Location } from "./template/source.ts";
export type { ReadText, ValueSources } from "./values/merge-sources.ts";

/** Reads a chart from its files, `.helmignore` obeyed, and parses its templates; it can be rendered many times. */
export function loadChart(files: ChartFiles): ChartResult<Chart> {
	return attempt(() => load(files));
}

/**
 * The user's values: files under `--set-json` under `--set` under `--set-string` under `--set-file`, as Helm has it.
 * A null in them takes away what the chart has by default, once {@link renderChart} puts the two together. Integers
 * beyond 2^53, which Helm rounds, come out as a bigint where they are to be exact.
 */
export function mergeValues(
	sources: ValueSources,
	readText: ReadText,
	largeIntegers?: LargeIntegers,
): ChartResult<PlainMap> {
	return attempt(() => toPlainMap(mergeSources(sources, readText, largeIntegers)));
}

/** Reads a values file; `file` is its name in errors. */
export function parseValues(
	file: string,
	text: string,
	largeIntegers?: LargeIntegers,
): ChartResult<PlainMap> {
	return attempt(() => toPlainMap(readValues(file, text, largeIntegers)));
}

/** The values that templates see: the user's over the chart's own. */
export function effectiveValues(chart: Chart, values: PlainMap): PlainMap {
	return toPlainMap(coalesce(fromPlainMap(values), deepCopyMap(chart.values)));
}

/** Renders a chart as `helm template` does; {@link formatRelease} makes its output of the result. */
export function renderChart(
	chart: Chart,
	values: PlainMap,
	release: Release,
	capabilities: Capabilities,
	port: ChartPort = {},
): ChartResult<RenderedChart> {
	return attempt(() => render(chart, fromPlainMap(values), release, capabilities, port));
}

/** YAML as Helm's `toYaml` writes it. */
export function formatYaml(value: PlainValue): string {
	return writeYaml(fromPlain(value));
}
