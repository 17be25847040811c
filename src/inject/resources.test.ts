import { describe, expect, it } from "vitest";
import { injectPod } from "./inject-pod.ts";
import { get, type Json, type JsonObject, objectAt, objectsAt, textAt } from "./json.ts";
import { parseInjectConfig } from "./parse-config.ts";

function injected(pod: JsonObject, values: Json = {}) {
	const config = parseInjectConfig(values);
	const outcome = config.ok
		? injectPod({ pod, config: config.value, whenUnannotated: "redirect" })
		: undefined;
	if (outcome?.kind !== "injected") {
		throw new Error(JSON.stringify(outcome));
	}
	const spec = objectAt(outcome.pod, "spec");
	const all = [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")];
	const resourcesOf = (name: string) =>
		get(all.find((container) => textAt(container, "name") === name) ?? {}, "resources");
	return { resourcesOf, warnings: outcome.warnings };
}

const app = { name: "app", image: "app:1" };
const plain: JsonObject = { spec: { containers: [app] } };
const limited: JsonObject = {
	spec: {
		containers: [
			{ ...app, resources: { requests: { cpu: "1" }, limits: { cpu: "2", memory: "1Gi" } } },
			{ name: "more", resources: { limits: { cpu: "50m" } } },
		],
	},
};
const annotated = (annotations: Readonly<Record<string, string>>): JsonObject => ({
	...plain,
	metadata: { annotations },
});

describe("the init container's resources", () => {
	it("are small where nobody says anything, and the proxy then has none", () => {
		const { resourcesOf } = injected(plain);
		expect(resourcesOf("shunt-init")).toEqual({
			requests: { cpu: "10m", memory: "16Mi" },
			limits: { cpu: "100m", memory: "64Mi" },
		});
		expect(resourcesOf("shunt-proxy")).toBeUndefined();
	});

	it("are asked for up to the limit where all the pod's own containers have a limit", () => {
		expect(injected(limited).resourcesOf("shunt-init")).toEqual({
			requests: { cpu: "100m", memory: "16Mi" },
			limits: { cpu: "100m", memory: "64Mi" },
		});
	});

	it("are left to the API server where it filled in those of the pod's own containers", () => {
		const pod = annotated({
			"kubernetes.io/limit-ranger":
				"LimitRanger plugin set: memory request for container app; memory limit for container app",
		});
		expect(injected(pod).resourcesOf("shunt-init")).toEqual({
			requests: { cpu: "10m" },
			limits: { cpu: "100m" },
		});
	});

	it("are the validator's in its place, which needs more", () => {
		expect(injected(plain, { cniEnabled: true }).resourcesOf("shunt-network-validator")).toEqual({
			requests: { cpu: "10m", memory: "64Mi" },
			limits: { cpu: "500m", memory: "256Mi" },
		});
	});

	it("are as the proxy's where the proxy's are known, for each of processor and memory", () => {
		const { resourcesOf } = injected(annotated({ "config.linkerd.io/proxy-cpu-request": "200m" }), {
			proxy: { resources: { "ephemeral-storage": { limit: "1Gi" } } },
		});
		expect(resourcesOf("shunt-proxy")).toEqual({
			requests: { cpu: "200m" },
			limits: { "ephemeral-storage": "1Gi" },
		});
		expect(resourcesOf("shunt-init")).toEqual({
			requests: { cpu: "200m", memory: "16Mi" },
			limits: { memory: "64Mi", "ephemeral-storage": "1Gi" },
		});
	});

	it("are what values and annotations say, these before those", () => {
		const values = {
			proxyInit: { resources: { cpu: { request: "20m", limit: "40m" }, memory: { limit: "32Mi" } } },
			proxy: { resources: { cpu: { request: "1" } } },
		};
		const pod = annotated({
			"config.shunt.dev/init-cpu-request": "30m",
			"config.shunt.dev/init-memory-request": "24Mi",
			"config.shunt.dev/proxy-ephemeral-storage-request": "1Mi",
		});
		const { resourcesOf } = injected(pod, values);
		expect(resourcesOf("shunt-init")).toEqual({
			requests: { cpu: "30m", memory: "24Mi", "ephemeral-storage": "1Mi" },
			limits: { cpu: "40m", memory: "32Mi" },
		});
		expect(resourcesOf("shunt-proxy")).toEqual({ requests: { cpu: "1", "ephemeral-storage": "1Mi" } });
	});
});

describe("a pod that has resources as a whole", () => {
	const values = {
		proxy: {
			resources: {
				cpu: { request: "1" },
				memory: { limit: "64Mi" },
				"ephemeral-storage": { request: "1Mi" },
			},
		},
		proxyInit: { resources: { cpu: { limit: "1" } } },
	};

	it.each<JsonObject>([
		{ requests: { cpu: "1" } },
		{ limits: { memory: "1Gi" } },
		{ requests: { "hugepages-2Mi": "2Mi" } },
	])("shares them with our containers, and that is said: %j", (resources) => {
		const { resourcesOf, warnings } = injected({ spec: { containers: [app], resources } }, values);
		for (const name of ["shunt-init", "shunt-proxy"]) {
			expect(resourcesOf(name)).toEqual({ requests: { "ephemeral-storage": "1Mi" } });
		}
		expect(warnings).toEqual([
			expect.stringContaining("(spec.resources): the injected containers share them"),
		]);
		expect(injected({ spec: { containers: [app], resources } }).resourcesOf("shunt-init")).toBeUndefined();
	});

	it.each<JsonObject>([{}, { requests: {} }, { claims: [{ name: "gpu" }] }])(
		"is none with %j",
		(resources) => {
			const { resourcesOf, warnings } = injected({ spec: { containers: [app], resources } }, values);
			expect(resourcesOf("shunt-proxy")).toMatchObject({ requests: { cpu: "1" } });
			expect(warnings).toEqual([]);
		},
	);
});
