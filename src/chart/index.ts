/**
 * Renders our Helm charts without Helm: to the same objects for everything that they use of it, and to an error with
 * file, line and expression for everything else (docs/adr/0011-our-own-charts.md). It knows Go's text/template, those of
 * Helm's and sprig's functions that our charts call, Helm's merging of values and its order of manifests.
 *
 * Nothing here touches the world: files come in as text, and what a template asks of keys and clusters comes through a
 * {@link ChartPort}.
 */

import type { LargeIntegers } from "./go/number.ts";
import { deepCopyMap } from "./go/value.ts";
import { type ChartPort, fromPlainMap, type PlainMap, toPlainMap } from "./port.ts";
import { type Chart, type ChartFiles, loadChart as load, readValues } from "./release/load-chart.ts";
import {
	type Capabilities,
	type Release,
	type RenderedChart,
	renderChart as render,
} from "./release/render-chart.ts";
import { attempt, type ChartResult } from "./result.ts";
import { coalesce, mergeSources, type ReadText, type ValueSources } from "./values/merge-sources.ts";

export type {
	CertificateAndKey,
	CertificateRequest,
	ChartPort,
	LookupQuery,
	PlainMap,
	PlainValue,
} from "./port.ts";
export type { Chart, ChartFiles } from "./release/load-chart.ts";
export type { Manifest } from "./release/manifest.ts";
export type { Capabilities } from "./release/render-chart.ts";
export { formatRelease, type Release, type RenderedChart } from "./release/render-chart.ts";
export { type ChartProblem, type ChartResult, formatChartProblem } from "./result.ts";
export type { Location } from "./template/template-error.ts";
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

/** Renders a chart to the objects of `helm template`; {@link formatRelease} makes its output of them. */
export function renderChart(
	chart: Chart,
	values: PlainMap,
	release: Release,
	capabilities: Capabilities,
	port: ChartPort = {},
): ChartResult<RenderedChart> {
	return attempt(() => render(chart, fromPlainMap(values), release, capabilities, port));
}
