import {
	type Chart,
	type ChartProblem,
	type ChartResult,
	loadChart,
	type PlainMap,
	type RenderedChart,
	renderChart,
} from "../../chart/index.ts";
import { chartPort, type KnownObject } from "./chart-port.ts";
import { CertificateError } from "./issue-certificate.ts";
import { readChartFiles } from "./read-chart-files.ts";

/** As Helm's default, the name goes with the chart's. */
export const releaseName = "shunt";

/** What is rendered for where no cluster says its version: one that everything of the chart's exists in. */
const newestKnown = "v1.34.0";

export interface ReleaseRequest {
	readonly chart: Chart;
	/** What is given, over the chart's own values. */
	readonly values: PlainMap;
	readonly namespace: string;
	/** What the cluster says it is. */
	readonly kubeVersion?: string;
	readonly isUpgrade?: boolean;
	/** Objects of the cluster that templates may find. */
	readonly known?: readonly KnownObject[];
	readonly now: () => number;
}

/** Reads and parses a chart's folder. */
export function openChart(folder: string): ChartResult<Chart> {
	return loadChart(readChartFiles(folder));
}

/** The chart's objects as a release of ours. */
export function renderRelease(request: ReleaseRequest): ChartResult<RenderedChart> {
	const { chart, values, namespace, kubeVersion = newestKnown, isUpgrade = false, known = [] } = request;
	const release = { name: releaseName, namespace, isUpgrade };
	try {
		return renderChart(chart, values, release, { kubeVersion }, chartPort(known, request.now));
	} catch (error) {
		if (error instanceof CertificateError) {
			const problem: ChartProblem = { message: error.message };
			return { ok: false, problem };
		}
		throw error;
	}
}
