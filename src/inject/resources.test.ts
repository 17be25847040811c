import { describe, expect, it } from "vitest";
import { formatProblem } from "../domain/problem.ts";
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

describe("our containers' requests in such a pod, which a LimitRange would else fill in", () => {
	const requestsIn = (own: Json, whole: Json, more: JsonObject = {}) => {
		const spec = { containers: [{ ...app, resources: own }], resources: whole, ...more };
		const { resourcesOf } = injected({ spec, metadata: objectAt(more, "metadata") });
		expect(resourcesOf("shunt-init")).toEqual(resourcesOf("shunt-proxy"));
		return resourcesOf("shunt-proxy");
	};
	const small = { cpu: "50m", memory: "32Mi" };
	const large = { cpu: "1", memory: "1Gi" };

	it("are as much as the smallest of the pod's own, though a little at most, where that is left", () => {
		expect(requestsIn({ requests: small }, { requests: { cpu: "100m", memory: "64Mi" } })).toEqual({
			requests: small,
		});
		expect(requestsIn({ requests: large }, { requests: { cpu: "2", memory: "2Gi" } })).toEqual({
			requests: { cpu: "100m", memory: "64Mi" },
		});
	});

	it("are less where that is not left, and else nothing", () => {
		expect(requestsIn({ requests: large }, { requests: { cpu: "1.05", memory: "1040Mi" } })).toEqual({
			requests: { cpu: "10m", memory: "16Mi" },
		});
		expect(requestsIn({ requests: large }, { requests: large, limits: large })).toEqual({
			requests: { cpu: "0", memory: "0" },
		});
		expect(requestsIn({ requests: large }, { limits: large })).toEqual({
			requests: { cpu: "0", memory: "0" },
		});
	});

	it("count native sidecars with the containers, and other init containers instead of them", () => {
		const first = { name: "first", resources: { requests: large } };
		const whole = { requests: { cpu: "1.06", memory: "2Gi" } };
		expect(requestsIn({ requests: small }, whole, { initContainers: [first] })).toEqual({
			requests: small,
		});
		const sidecar = { ...first, restartPolicy: "Always" };
		expect(requestsIn({ requests: small }, whole, { initContainers: [sidecar] })).toEqual({
			requests: { cpu: "10m", memory: "32Mi" },
		});
	});

	it("leave what an init container has beside the native sidecars that began before it", () => {
		const half = { cpu: "500m", memory: "512Mi" };
		const sidecar = { name: "sidecar", restartPolicy: "Always", resources: { requests: half } };
		const first = { name: "first", resources: { requests: half } };
		const requests = { cpu: "1", memory: "1Gi" };
		const none = { requests: { cpu: "0", memory: "0" } };
		const made = (...initContainers: JsonObject[]) =>
			requestsIn({ requests: small }, { requests }, { initContainers });
		expect(made(sidecar, first)).toEqual(none);
		expect(made(first, sidecar)).toEqual({ requests: small });
		expect(made(sidecar, { ...sidecar, name: "second" })).toEqual(none);
	});

	it("are what was filled in for the pod's own, where it is left", () => {
		const metadata = {
			annotations: { "kubernetes.io/limit-ranger": "LimitRanger plugin set: cpu request for container app" },
		};
		const made = requestsIn({ requests: { cpu: "200m" } }, { requests: { cpu: "400m" } }, { metadata });
		expect(made).toEqual({ requests: { cpu: "200m" } });
	});

	it("are none where the pod's own say nothing, since nothing was filled in", () => {
		expect(requestsIn({}, { requests: large })).toBeUndefined();
	});
});

describe("a request above its limit", () => {
	const problemsOf = (pod: JsonObject, values: Json) => {
		const config = parseInjectConfig(values);
		const outcome = config.ok
			? injectPod({ pod, config: config.value, whenUnannotated: "redirect" })
			: undefined;
		return outcome?.kind === "refused" ? outcome.problems.map(formatProblem) : outcome?.kind;
	};
	const values = { proxy: { resources: { cpu: { request: "200m" }, memory: { limit: "64Mi" } } } };

	it("is refused wherever the two come from, each with what to change", () => {
		const pod = annotated({
			"config.linkerd.io/proxy-cpu-limit": "0.1",
			"config.shunt.dev/init-memory-request": "1Gi",
			"config.shunt.dev/init-memory-limit": "1000Mi",
		});
		const ratio = (owner: string) =>
			`${owner}-cpu-request: "200m" is more than the limit, 0.1 (want at most that, or a higher ${owner}-cpu-limit, by annotation or by value)`;
		expect(problemsOf(pod, values)).toEqual([
			ratio("init"),
			'init-memory-request: "1Gi" is more than the limit, 1000Mi (want at most that, or a higher init-memory-limit, by annotation or by value)',
			ratio("proxy"),
		]);
	});

	it("is none where both are one amount, however it is written, or where the pod as a whole has resources", () => {
		expect(problemsOf(annotated({ "config.linkerd.io/proxy-cpu-limit": "0.2" }), values)).toBe("injected");
		const whole = annotated({ "config.linkerd.io/proxy-cpu-limit": "0.1" });
		const spec = { containers: [app], resources: { requests: { cpu: "1" } } };
		expect(problemsOf({ ...whole, spec }, values)).toBe("injected");
	});
});

describe("a pod that would be Guaranteed without us", () => {
	const amounts = { cpu: "1", memory: "1Gi" };
	const guaranteed = { ...app, resources: { requests: { ...amounts, cpu: "1000m" }, limits: amounts } };
	const first = { name: "first", resources: { limits: amounts } };
	const spec = { initContainers: [first], containers: [guaranteed] };
	const warned = (what: string) => [
		`the pod would be Guaranteed, and is Burstable with the injected containers: set ${what}, and requests as high or none`,
	];
	const proxyLimits = {
		"config.shunt.dev/proxy-cpu-limit": "100m",
		"config.linkerd.io/proxy-memory-limit": "64Mi",
	};

	it("is told what the containers lack to leave it so", () => {
		expect(injected({ spec }).warnings).toEqual(warned("proxy-cpu-limit, proxy-memory-limit"));
		const low = { ...proxyLimits, "config.shunt.dev/proxy-cpu-request": "50m" };
		expect(injected({ spec, metadata: { annotations: low } }).warnings).toEqual(
			warned("init-cpu-limit, proxy-cpu-limit"),
		);
		const init = { ...proxyLimits, "config.shunt.dev/init-memory-request": "1Mi" };
		expect(injected({ spec, metadata: { annotations: init } }).warnings).toEqual(warned("init-memory-limit"));
	});

	it("is told nothing where it stays so", () => {
		expect(injected({ spec, metadata: { annotations: proxyLimits } }).warnings).toEqual([]);
		const filled = {
			"kubernetes.io/limit-ranger":
				"LimitRanger plugin set: cpu, memory request for container app; cpu, memory limit for container app",
		};
		expect(injected({ spec, metadata: { annotations: filled } }).warnings).toEqual([]);
		const cni = { cniEnabled: true, networkValidator: { enabled: false } };
		expect(injected({ spec, metadata: { annotations: proxyLimits } }, cni).warnings).toEqual([]);
	});

	it.each<JsonObject>([
		{ containers: [app] },
		{ containers: [guaranteed, { name: "silent" }] },
		{ containers: [guaranteed], initContainers: [{ name: "silent" }] },
		{ containers: [{ ...app, resources: { limits: { cpu: "1" } } }] },
		{ containers: [{ ...app, resources: { limits: amounts, requests: { cpu: "500m" } } }] },
		{ containers: [{ ...app, resources: { limits: { ...amounts, cpu: "0" } } }] },
	])("is none of those that are not: %j", (other) => {
		expect(injected({ spec: other }).warnings).toEqual([]);
	});
});
