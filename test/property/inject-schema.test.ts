import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/inject/json.ts";
import { parseDocuments } from "../../src/yaml/documents.ts";
import { schemaProblems } from "../support/inject-schema.ts";

const podWith = (container: Json) => ({
	apiVersion: "v1",
	kind: "Pod",
	metadata: { name: "a" },
	spec: { containers: [container] },
});

describe("Kubernetes' schema, as the tests hold manifests against it", () => {
	it("has nothing against a pod that is right", () => {
		expect(
			schemaProblems(podWith({ name: "a", image: "a", ports: [{ containerPort: 80 }], env: [] })),
		).toEqual([]);
	});

	it("finds what is missing and what is of the wrong type", () => {
		expect(schemaProblems(podWith({ image: "a" }))).toHaveLength(1);
		expect(schemaProblems(podWith({ name: "a", ports: [{ containerPort: "80" }] }))).toHaveLength(1);
		expect(schemaProblems({ ...podWith({ name: "a" }), metadata: { annotations: { a: 1 } } })).toHaveLength(
			1,
		);
	});

	it("finds a field that Kubernetes does not have, however deep", () => {
		const probe = { httpGet: { path: "/", port: 80, timeout: 1 } };
		expect(schemaProblems(podWith({ name: "a", readinessProbe: probe }))).toEqual([
			"/spec/containers/0/readinessProbe/httpGet/timeout is not a field of Kubernetes'",
		]);
		const job = {
			apiVersion: "batch/v1",
			kind: "CronJob",
			spec: { schedule: "", jobTemplate: { spec: { templates: {} } } },
		};
		expect(schemaProblems(job).length).toBeGreaterThan(0);
	});
});

describe("the golden manifests", () => {
	const folder = new URL("../golden/inject/", import.meta.url);
	/** Wrong on purpose, or as an injector of somebody else wrote them down in short. */
	const wrong = ["refused", "skipped", "linkerd-injected", "linkerd-uninjected", "linkerd-cni-uninjected"];

	it.each(
		readdirSync(folder).filter(
			(name) => name.endsWith(".golden.yml") && !wrong.includes(name.replace(".golden.yml", "")),
		),
	)("%s is valid to Kubernetes, without exception", (name) => {
		const { documents } = parseDocuments(readFileSync(new URL(name, folder), "utf8"), name);
		expect(documents.flatMap(({ value }) => schemaProblems(value))).toEqual([]);
	});
});
