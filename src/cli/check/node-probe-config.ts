import { formatChartProblem } from "../../chart/index.ts";
import type { InjectConfig } from "../../inject/config.ts";
import type { JsonObject } from "../../inject/json.ts";
import { isObject, objectAt, textAt } from "../../inject/json.ts";
import { openChart, renderRelease } from "../chart/render-release.ts";
import { storedConfigKey, storedValuesKey, storeName } from "../chart/store.ts";
import { readGivenValues, type ValueFlags } from "../chart/value-flags.ts";
import { parseDocuments } from "../inject/yaml-documents.ts";
import { type Found, readConfigText } from "./release.ts";
import type { CheckWorld } from "./world.ts";

/**
 * The configuration that `shunt install`, or `shunt upgrade` where there are stored values, would give the injector for
 * these flags; read off what it would print.
 */
export function configFromFlags(
	flags: ValueFlags & { readonly namespace: string },
	stored: JsonObject | undefined,
	world: CheckWorld,
): Found<InjectConfig> {
	const chart = openChart(world.chart());
	const values = readGivenValues(flags, overStored(stored, world), stored === undefined ? [] : [storedName]);
	if (!chart.ok || !values.ok) {
		const problems = [chart, values].flatMap((result) => (result.ok ? [] : [result.problem]));
		return { kind: "unreadable", complaints: problems.map(formatChartProblem) };
	}
	const { namespace } = flags;
	const rendered = renderRelease({ chart: chart.value, values: values.value, namespace, now: world.now });
	if (!rendered.ok) {
		return { kind: "unreadable", complaints: [formatChartProblem(rendered.problem)] };
	}
	const texts = rendered.value.manifests.filter(
		({ kind, name }) => kind === "ConfigMap" && name === storeName,
	);
	return readConfigText(configTextIn(texts[0]?.text ?? ""));
}

function configTextIn(manifest: string): string | undefined {
	const [document] = parseDocuments(manifest, storeName).documents;
	return isObject(document?.value) ? textAt(objectAt(document.value, "data"), storedConfigKey) : undefined;
}

/** As messages call it. */
const storedName = `the release's ${storedValuesKey}`;

/** The stored values as one more file, below those that are given. JSON is YAML too. */
function overStored(stored: JsonObject | undefined, world: CheckWorld) {
	return {
		stdin: world.stdin,
		readFile: (path: string) =>
			path === storedName && stored !== undefined ? JSON.stringify(stored) : world.readFile(path),
	};
}
