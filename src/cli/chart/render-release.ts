import {
	type Chart,
	type ChartPort,
	type ChartProblem,
	type ChartResult,
	type LookupQuery,
	loadChart,
	type PlainMap,
	type PlainValue,
	type RenderedChart,
	renderChart,
} from "../../chart/index.ts";
import { readChartFiles } from "./chart-folder.ts";
import { CertificateError, issueCertificate } from "./issue-certificate.ts";
import { type ValidateValues, validatorOf } from "./validate-values.ts";

/** As Helm's default, the name goes with the chart's. */
const releaseName = "shunt";

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

/** An object that templates may find. */
export interface KnownObject extends LookupQuery {
	readonly object: PlainValue;
}

/** What templates ask of the world; of the cluster they see the given objects alone. */
function chartPort(
	known: readonly KnownObject[],
	now: () => number,
	validateValues: ValidateValues,
): ChartPort {
	return {
		issueCertificate: (request) => issueCertificate(request, now()),
		now,
		validateValues: (_, values) => validateValues(values),
		lookup: (query) => known.find((object) => isThe(object, query))?.object,
	};
}

function isThe(object: KnownObject, { apiVersion, kind, namespace, name }: LookupQuery): boolean {
	return (
		object.apiVersion === apiVersion &&
		object.kind === kind &&
		object.namespace === namespace &&
		object.name === name
	);
}
