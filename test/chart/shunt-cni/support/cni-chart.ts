import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import type { ChartPort, ValueSources } from "../../../../src/chart/index.ts";
import { validatorOf } from "../../../../src/cli/chart/validate-values.ts";
import { type JsonObject, objectAt, textAt } from "../../../../src/inject/json.ts";
import type { Files } from "../../support/helm.ts";
import { renderObjects } from "../../support/ours.ts";

export const chartFolder = fileURLToPath(new URL("../../../../charts/shunt-cni/", import.meta.url));

/** The chart as it lies in the repository. */
export const chartFiles: Files = Object.fromEntries(
	readdirSync(chartFolder, { recursive: true, encoding: "utf8" })
		.filter((path) => statSync(join(chartFolder, path)).isFile())
		.map((path) => [path, new Uint8Array(readFileSync(join(chartFolder, path)))]),
);

const validate = await validatorOf(readFileSync(join(chartFolder, "values.schema.json"), "utf8"));

/** What `shunt install-cni` gives to templates. */
export const cniPort: ChartPort = { validateValues: (_, values) => validate(values) };

/** The values files for distributions, without their folder. */
export const distributions: readonly string[] = Object.keys(chartFiles)
	.filter((path) => /^values-.*\.yaml$/.test(path))
	.sort();

/** Values as a user gives them: files, and flags over them. */
export interface Given extends ValueSources {
	readonly name: string;
	readonly values?: unknown;
}

/** The chart's files with the values' file among them, and what names it. JSON is YAML. */
export function withGiven({ name: _, values = {}, files = [], ...flags }: Given): {
	readonly files: Files;
	readonly sources: ValueSources;
} {
	return {
		files: { ...chartFiles, "given.yaml": Buffer.from(JSON.stringify(values)) },
		sources: { ...flags, files: [...files, "given.yaml"] },
	};
}

/** The objects, by our renderer, the schema looked at. Throws what the chart says of bad values. */
export function render(given: Given): JsonObject[] {
	const { files, sources } = withGiven(given);
	const result = renderObjects(files, sources, cniPort);
	if (!result.ok) {
		throw new Error(result.problem.message);
	}
	return result.value.manifests.flatMap(({ text }) =>
		parseAllDocuments(text).map((document) => document.toJS() as JsonObject),
	);
}

export function only(objects: readonly JsonObject[], kind: string): JsonObject {
	const found = objects.filter((object) => object["kind"] === kind);
	if (found.length !== 1 || found[0] === undefined) {
		throw new Error(`there are ${found.length} objects of kind ${kind}`);
	}
	return found[0];
}

/** The plugin's configuration. */
export function pluginOf(objects: readonly JsonObject[]): JsonObject {
	return JSON.parse(textAt(objectAt(only(objects, "ConfigMap"), "data"), "plugin.json") ?? "");
}

/** What the agents' pods are made of. */
export function podOf(objects: readonly JsonObject[]): JsonObject {
	return objectAt(objectAt(objectAt(only(objects, "DaemonSet"), "spec"), "template"), "spec");
}
