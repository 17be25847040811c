import { describe, expect, it } from "vitest";
import type { PlainMap } from "../../../src/chart/index.ts";
import { openChart, renderRelease } from "../../../src/cli/chart/render-release.ts";
import { version } from "../../../src/domain/version.ts";
import { get, type JsonObject, objectAt, objectsAt, textAt } from "../../../src/inject/json.ts";
import { release, renderWithHelm } from "../support/helm.ts";
import { chartFiles, chartFolder } from "./support/chart-files.ts";
import { given } from "./support/given.ts";
import { objectProblems } from "./support/object-schema.ts";
import { connected, injectorPod, only, render } from "./support/rendered.ts";

const opened = await openChart(chartFolder);
if (!opened.ok) {
	throw new Error(opened.problem.message);
}
const chart = opened.value;

const nameOf = (object: JsonObject) => `${object["kind"]} ${textAt(objectAt(object, "metadata"), "name")}`;

const clusterWide = ["Namespace", "ClusterRole", "ClusterRoleBinding", "MutatingWebhookConfiguration"];

describe("the chart's objects", () => {
	it.each(given.map((one) => [one.name, one] as const))("are what Kubernetes knows, with %s", (_, one) => {
		for (const object of [...render(one), ...render(one, connected)]) {
			expect({ [nameOf(object)]: objectProblems(object) }).toEqual({ [nameOf(object)]: [] });
		}
	});

	it("are few, unless more is asked for", () => {
		expect(render({ name: "" }).map(nameOf)).toEqual([
			`Namespace ${release.namespace}`,
			"ServiceAccount shunt-injector",
			"Secret shunt-injector-tls",
			"ConfigMap shunt-config",
			"ClusterRole shunt-injector",
			"ClusterRoleBinding shunt-injector",
			"Role shunt-injector",
			"RoleBinding shunt-injector",
			"Service shunt-injector",
			"Deployment shunt-injector",
			"MutatingWebhookConfiguration shunt-injector",
		]);
		const all = { podMonitor: { enabled: true }, networkPolicy: { enabled: true } };
		expect(render({ name: "", ha: true, values: all }).map(nameOf)).toEqual(
			expect.arrayContaining([
				"PodDisruptionBudget shunt-injector",
				"NetworkPolicy shunt-injector",
				"PodMonitor shunt-injector",
				"PodMonitor shunt-proxy",
			]),
		);
	});

	it("bear the labels by which they are found, each in its namespace", () => {
		const values = {
			podMonitor: { enabled: true },
			networkPolicy: { enabled: true },
			commonLabels: { a: "b" },
		};
		for (const object of render({ name: "", ha: true, values })) {
			const metadata = objectAt(object, "metadata");
			expect(get(metadata, "labels")).toMatchObject({
				"app.kubernetes.io/name": "shunt",
				"app.kubernetes.io/part-of": "shunt",
				"app.kubernetes.io/version": version,
				"app.kubernetes.io/managed-by": "Helm",
				"app.kubernetes.io/component": expect.stringMatching(/^(config|injector|namespace|proxy)$/),
				a: "b",
			});
			expect(textAt(metadata, "namespace")).toBe(
				clusterWide.includes(String(object["kind"])) ? undefined : release.namespace,
			);
		}
	});
});

describe("permissions", () => {
	it("of its own namespace are to follow one ConfigMap, by its name", () => {
		expect(only(render({ name: "" }), "Role")["rules"]).toEqual([
			{
				apiGroups: [""],
				resources: ["configmaps"],
				resourceNames: ["shunt-config"],
				verbs: ["get", "list", "watch"],
			},
		]);
	});

	it("are to read namespaces and to create Events", () => {
		expect(only(render({ name: "" }), "ClusterRole")["rules"]).toEqual([
			{ apiGroups: [""], resources: ["namespaces"], verbs: ["get", "list", "watch"] },
			{ apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create"] },
		]);
	});

	it("lack Events where there are to be none", () => {
		const objects = render({ name: "", set: ["injector.events=false"] });
		expect(only(objects, "ClusterRole")["rules"]).toHaveLength(1);
		expect(JSON.stringify(injectorPod(objects))).toContain("--events=false");
	});
});

describe("every container", () => {
	it.each([
		["as they come", []],
		["with the CNI plugin", ["cniEnabled=true"]],
		["with classic sidecars", ["proxy.nativeSidecar=false"]],
	])("has as few rights as it can do with, %s", (_, set) => {
		const pods = render({ name: "", set }, connected).flatMap((object) =>
			object["kind"] === "Pod" ? [object] : object["kind"] === "Deployment" ? [injectorPod([object])] : [],
		);
		const containers = pods
			.map((pod) => objectAt(pod, "spec"))
			.flatMap((spec) => [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")]);
		expect(containers.length).toBeGreaterThanOrEqual(4);
		for (const container of containers) {
			expect(objectAt(container, "securityContext")).toMatchObject({
				allowPrivilegeEscalation: false,
				capabilities: {
					drop: ["ALL"],
					...(textAt(container, "name") === "shunt-init" ? { add: ["NET_ADMIN"] } : {}),
				},
				readOnlyRootFilesystem: true,
				runAsNonRoot: true,
				seccompProfile: { type: "RuntimeDefault" },
			});
		}
	});
});

describe("the webhook's configuration", () => {
	const [webhook = {}] = objectsAt(only(render({ name: "" }), "MutatingWebhookConfiguration"), "webhooks");

	it("asks about new pods, and has a side effect only where that is for real", () => {
		expect(webhook).toMatchObject({
			sideEffects: "NoneOnDryRun",
			failurePolicy: "Ignore",
			timeoutSeconds: 10,
			admissionReviewVersions: ["v1"],
			rules: [{ operations: ["CREATE"], resources: ["pods"], apiGroups: [""], apiVersions: ["v1"] }],
		});
	});

	it("leaves alone what it or the cluster needs to start, and who does not want it", () => {
		expect(objectAt(webhook, "namespaceSelector")["matchExpressions"]).toEqual([
			{
				key: "kubernetes.io/metadata.name",
				operator: "NotIn",
				values: ["kube-system", "cert-manager", release.namespace],
			},
			{ key: "shunt.dev/inject", operator: "NotIn", values: ["disabled"] },
		]);
		expect(objectAt(webhook, "objectSelector")["matchExpressions"]).toEqual([
			{ key: "shunt.dev/control-plane-component", operator: "DoesNotExist" },
			{ key: "shunt.dev/inject", operator: "NotIn", values: ["disabled"] },
		]);
	});

	it("leads to a port of the Service that leads to the injector", () => {
		const objects = render({ name: "", set: ["injector.port=10250"] });
		const { service } = objectAt(webhook, "clientConfig") as { service: JsonObject };
		expect(service).toEqual({
			name: "shunt-injector",
			namespace: release.namespace,
			path: "/inject",
			port: 443,
		});
		const spec = objectAt(only(objects, "Service"), "spec");
		expect(spec["ports"]).toMatchObject([{ port: 443, targetPort: "webhook" }]);
		const pod = injectorPod(objects);
		expect(objectAt(objectAt(pod, "metadata"), "labels")).toMatchObject(objectAt(spec, "selector"));
		const [container = {}] = objectsAt(objectAt(pod, "spec"), "containers");
		expect(container["ports"]).toContainEqual({ name: "webhook", containerPort: 10_250, protocol: "TCP" });
		expect(container["args"]).toContain("--port=10250");
	});
});

describe("high availability", () => {
	const objects = render({ name: "", ha: true });

	it("is three pods on three nodes, of which one may go at a time", () => {
		const spec = objectAt(only(objects, "Deployment"), "spec");
		expect(spec).toMatchObject({ replicas: 3, strategy: { rollingUpdate: { maxUnavailable: 1 } } });
		const selector = { matchLabels: { "app.kubernetes.io/component": "injector" } };
		expect(objectAt(injectorPod(objects), "spec")).toMatchObject({
			affinity: {
				podAntiAffinity: {
					requiredDuringSchedulingIgnoredDuringExecution: [
						{ topologyKey: "kubernetes.io/hostname", labelSelector: selector },
					],
				},
			},
			topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone", labelSelector: selector }],
		});
		expect(only(objects, "PodDisruptionBudget")).toMatchObject({
			spec: { maxUnavailable: 1, selector: { matchLabels: { "app.kubernetes.io/name": "shunt" } } },
		});
	});

	it("is no pod without a proxy", () => {
		expect(only(objects, "MutatingWebhookConfiguration")).toMatchObject({
			webhooks: [{ failurePolicy: "Fail" }],
		});
	});

	it("is fewer where a user's own file says so", () => {
		const fewer = render({ name: "", ha: true, values: { injector: { replicas: 2 } } });
		expect(only(fewer, "Deployment")).toMatchObject({ spec: { replicas: 2 } });
	});
});

describe("the Namespace", () => {
	const has = (set: readonly string[], port = {}) =>
		render({ name: "", set }, port).some((object) => object["kind"] === "Namespace");

	it("is there unless Helm makes the release, for which it has to be there before", () => {
		expect(has([])).toBe(true);
		expect(has([], connected)).toBe(false);
	});

	it.each(["default", "kube-system", "kube-public", "kube-node-lease"])(
		"is not there for %s, not even where it is asked for, by Helm and by us",
		(namespace) => {
			const args = ["--namespace", namespace];
			const helm = renderWithHelm(chartFiles, args);
			expect(helm.ok && helm.text).not.toMatch(/^kind: Namespace$/m);
			expect(helm.ok && helm.text).toContain(`namespace: ${namespace}\n`);
			const asked = renderWithHelm(chartFiles, [...args, "--set", "installNamespace=true"]);
			const complaint = `installNamespace: "true" would take ${namespace} over, which is Kubernetes' own`;
			expect(asked.ok ? "" : asked.error).toContain(complaint);
			const ours = (values: PlainMap) => renderRelease({ chart, values, namespace, now: Date.now });
			const rendered = ours({});
			expect(rendered.ok && rendered.value.manifests.map(({ kind }) => kind)).not.toContain("Namespace");
			const refused = ours({ installNamespace: true });
			expect(refused.ok ? "" : refused.problem.message).toContain(complaint);
		},
	);

	it("is there or not as asked", () => {
		expect(has(["installNamespace=true"], connected)).toBe(true);
		expect(has(["installNamespace=false"])).toBe(false);
	});

	it("allows the init container, and no more than restricted pods where there is none", () => {
		const label = "pod-security.kubernetes.io/enforce";
		const labels = (set: readonly string[]) =>
			objectAt(objectAt(only(render({ name: "", set }), "Namespace"), "metadata"), "labels");
		expect(labels([])).toMatchObject({ [label]: "privileged", "shunt.dev/inject": "disabled" });
		expect(labels(["cniEnabled=true"])).toMatchObject({ [label]: "restricted" });
	});
});

describe("a network policy", () => {
	it("lets the API server in, and the injector out to it", () => {
		const values = { networkPolicy: { enabled: true }, proxyInit: { kubeAPIServerPorts: "443,6443-6445" } };
		expect(only(render({ name: "", values }), "NetworkPolicy")["spec"]).toMatchObject({
			ingress: [
				{ ports: [{ port: 8443, protocol: "TCP" }] },
				{
					ports: [
						{ port: 9995, protocol: "TCP" },
						{ port: 4191, protocol: "TCP" },
					],
				},
			],
			egress: [
				{
					ports: [
						{ port: 53, protocol: "UDP" },
						{ port: 53, protocol: "TCP" },
						{ port: 443, protocol: "TCP" },
						{ port: 6443, endPort: 6445, protocol: "TCP" },
					],
				},
			],
		});
	});
});
