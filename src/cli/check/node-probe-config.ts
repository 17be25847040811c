import { formatChartProblem } from "../../chart/index.ts";
import { isObject, type JsonObject, objectAt, textAt } from "../../inject/json.ts";
import { parseDocuments } from "../../yaml/documents.ts";
import { openChart, renderRelease } from "../chart/render-release.ts";
import { storedConfigKey, storedValuesKey, storeName } from "../chart/store.ts";
import { readGivenValues, type ValueFlags } from "../chart/value-flags.ts";
import type { CheckIo } from "../io.ts";
import { type ProbeTarget, probeTarget } from "./probe-pod.ts";
import { type Reading, readConfigText, readValuesText } from "./release.ts";

/**
 * What nodes are tried with: the configuration that these flags would give the injector by `shunt install`, or by
 * `shunt upgrade` where there are stored values; read off what would be printed.
 */
export async function targetFromFlags(
	flags: ValueFlags & { readonly namespace: string },
	stored: JsonObject | undefined,
	io: CheckIo,
): Promise<Reading<ProbeTarget>> {
	const chart = await openChart(io.chart());
	const values = readGivenValues(flags, overStored(stored, io), stored === undefined ? [] : [storedName]);
	if (!chart.ok || !values.ok) {
		const problems = [chart, values].flatMap((result) => (result.ok ? [] : [result.problem]));
		return { kind: "unreadable", complaints: problems.map(formatChartProblem) };
	}
	const { namespace } = flags;
	const rendered = renderRelease({ chart: chart.value, values: values.value, namespace, now: io.now });
	if (!rendered.ok) {
		return { kind: "unreadable", complaints: [formatChartProblem(rendered.problem)] };
	}
	const texts = rendered.value.manifests.filter(
		({ kind, name }) => kind === "ConfigMap" && name === storeName,
	);
	const data = dataOf(texts[0]?.text ?? "");
	return probeTarget(
		readConfigText(textAt(data, storedConfigKey)),
		readValuesText(textAt(data, storedValuesKey)),
	);
}

function dataOf(manifest: string): JsonObject {
	const [document] = parseDocuments(manifest, storeName).documents;
	return isObject(document?.value) ? objectAt(document.value, "data") : {};
}

/** As messages call it. */
const storedName = `the release's ${storedValuesKey}`;

/** The stored values as one more file, below those that are given. JSON is YAML too. */
function overStored(stored: JsonObject | undefined, io: CheckIo) {
	return {
		stdin: io.stdin,
		readFile: (path: string) =>
			path === storedName && stored !== undefined ? JSON.stringify(stored) : io.readFile(path),
	};
}
