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
import { type ValidateValues, validatorOf } from "./validate-values.ts";

/** As Helm's default, the name goes with the chart's. */
export const releaseName = "shunt";

/** What is rendered for where no cluster says its version: one that everything of the chart's exists in. */
const newestKnown = "v1.34.0";

export interface ReleaseRequest {
	readonly chart: OpenChart;
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

/** A chart that was read and parsed, with what its schema has against values. */
export interface OpenChart extends Chart {
	readonly validateValues: ValidateValues;
}

/** Reads and parses a chart's folder. */
export async function openChart(folder: string): Promise<ChartResult<OpenChart>> {
	const chart = loadChart(readChartFiles(folder));
	if (!chart.ok) {
		return chart;
	}
	const { schema } = chart.value;
	const validateValues = schema === undefined ? () => [] : await validatorOf(schema);
	return { ok: true, value: { ...chart.value, validateValues } };
}

/** The chart's objects as a release of ours. */
export function renderRelease(request: ReleaseRequest): ChartResult<RenderedChart> {
	const { chart, values, namespace, kubeVersion = newestKnown, isUpgrade = false, known = [] } = request;
	const release = { name: releaseName, namespace, isUpgrade };
	try {
		return renderChart(
			chart,
			values,
			release,
			{ kubeVersion },
			chartPort(known, request.now, chart.validateValues),
		);
	} catch (error) {
		if (error instanceof CertificateError) {
			const problem: ChartProblem = { message: error.message };
			return { ok: false, problem };
		}
		throw error;
	}
}
