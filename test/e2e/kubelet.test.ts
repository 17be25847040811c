import { describe, expect, it } from "vitest";
import { toRuntime } from "../support/kubelet/container-config.ts";
import { fieldOf } from "../support/kubelet/downward.ts";
import { expand } from "../support/kubelet/expand.ts";
import type { ContainerSpec, PodManifest } from "../support/kubelet/pod-spec.ts";
import { refuseUnknown } from "../support/kubelet/refuse-unknown.ts";

/** The kubelet of these tests must not let anything pass for done that it has not done. */

const container: ContainerSpec = { name: "one", image: "image" };

function podWith(spec: object): PodManifest {
	return { metadata: { name: "pod", labels: { app: "x" } }, spec: { containers: [container], ...spec } };
}

describe("the tests' kubelet", () => {
	it.each([
		[{ hostNetwork: true }, "hostNetwork of a pod"],
		[{ containers: [{ ...container, lifecycle: {} }] }, "lifecycle of a container"],
		[{ initContainers: [{ ...container, resizePolicy: [] }] }, "resizePolicy of a container"],
		[{ volumes: [{ name: "v", secret: {} }] }, "secret of a volume"],
		[{ securityContext: { fsGroup: 1 } }, "fsGroup of a security"],
		[{ containers: [{ ...container, startupProbe: { grpc: {} } }] }, "grpc of a probe"],
	])("refuses %j, which it does not know", (spec, words) => {
		expect(() => refuseUnknown(podWith(spec))).toThrow(words);
	});

	it.each([{ runAsNonRoot: true }, { runAsNonRoot: true, runAsUser: 0 }])("refuses %j", (securityContext) => {
		const context = { pod: podWith({ securityContext }), ip: "10.0.0.1", volumes: new Map() };
		expect(() => toRuntime(container, context)).toThrow("runAsNonRoot");
	});

	it("hands requests and limits to the runtime as a kubelet does", () => {
		const resources = { requests: { cpu: "100m" }, limits: { cpu: "200m", memory: "20Mi" } };
		const context = { pod: podWith({}), ip: "10.0.0.1", volumes: new Map() };
		expect(toRuntime({ ...container, resources }, context).linux?.resources).toMatchObject({
			cpu_shares: 102,
			cpu_period: 100_000,
			cpu_quota: 20_000,
			memory_limit_in_bytes: 20 * 1024 * 1024,
		});
	});

	it("expands variables as Kubernetes does", () => {
		const variables = new Map([["A", "1"]]);
		expect(expand("$(A) $$(A) $(B) $A $(A)$(A)", variables)).toBe("1 $(A) $(B) $A 11");
	});

	it("knows the pod's fields, and no others", () => {
		const field = (path: string) => fieldOf(podWith({}), "10.0.0.1", path);
		expect([field("metadata.name"), field("status.podIP"), field("metadata.labels['app']")]).toEqual([
			"pod",
			"10.0.0.1",
			"x",
		]);
		expect(() => field("metadata.annotations['none']")).toThrow("no field");
		expect(() => field("spec.nodeName")).toThrow("no field");
	});
});
