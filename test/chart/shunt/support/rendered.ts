import { parseAllDocuments } from "yaml";
import { type ChartPort, loadChart } from "../../../../src/chart/index.ts";
import { issueCertificate } from "../../../../src/cli/chart/issue-certificate.ts";
import { validatorOf } from "../../../../src/cli/chart/validate-values.ts";
import { type JsonObject, objectAt, textAt } from "../../../../src/inject/json.ts";
import { renderLoaded, textsOf } from "../../support/ours.ts";
import { chartFiles, type Given, withGiven } from "./chart-files.ts";

const issuing: ChartPort = { issueCertificate: (request) => issueCertificate(request, Date.now()) };

const validate = await validatorOf(Buffer.from(chartFiles["values.schema.json"] ?? "").toString());

/** What `shunt install` gives to templates. */
export const cliPort: ChartPort = {
	...issuing,
	now: Date.now,
	validateValues: (_, values) => validate(values),
};

/** The objects of a rendered text. */
export function objectsOf(text: string): JsonObject[] {
	return parseAllDocuments(text)
		.map((document) => document.toJS())
		.filter((object) => object !== null);
}

/** What templates find that Helm renders for a cluster. */
export const connected: ChartPort = {
	lookup: ({ kind }) => (kind === "Namespace" ? { kind } : undefined),
};

const chart = loadChart(textsOf(chartFiles));

/**
 * The chart's objects for given values, by our renderer; its test too where it is connected. The schema is left out,
 * which takes longer than all the rest: what it refuses has tests of its own.
 */
export function render(given: Given, port: ChartPort = {}): JsonObject[] {
	const { files, sources } = withGiven(given);
	const result = renderLoaded(chart, files, sources, { ...issuing, ...port });
	if (!result.ok) {
		throw new Error(result.problem.message);
	}
	const { manifests, hooks } = result.value;
	return [...manifests, ...hooks].flatMap(({ text }) => objectsOf(text));
}

/** The one object of a kind. */
export function only(objects: readonly JsonObject[], kind: string): JsonObject {
	const found = objects.filter((object) => object["kind"] === kind);
	if (found.length !== 1 || found[0] === undefined) {
		throw new Error(`there are ${found.length} objects of kind ${kind}`);
	}
	return found[0];
}

/** What the injector mounts. */
export function configOf(objects: readonly JsonObject[]): string {
	return textAt(objectAt(only(objects, "ConfigMap"), "data"), "config.yaml") ?? "";
}

/** The pods that the injector's Deployment makes. */
export function injectorPod(objects: readonly JsonObject[]): JsonObject {
	return objectAt(objectAt(only(objects, "Deployment"), "spec"), "template");
}
