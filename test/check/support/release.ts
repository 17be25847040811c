import { parseAllDocuments } from "yaml";
import type { PlainMap } from "../../../src/chart/index.ts";
import { findChart } from "../../../src/cli/chart/chart-folder.ts";
import { openChart, renderRelease } from "../../../src/cli/chart/render-release.ts";
import { readConfigText } from "../../../src/cli/check/release.ts";
import { injectPod } from "../../../src/inject/inject-pod.ts";
import type { JsonObject } from "../../../src/inject/json.ts";
import type { ApiServer } from "../../support/api-server/api-server.ts";
import { Status } from "../../support/api-server/status.ts";
import { type ApiObject, keyOf } from "../../support/api-server/store.ts";

const collections: Readonly<Record<string, string>> = {
	Namespace: "v1/namespaces",
	ServiceAccount: "v1/serviceaccounts",
	Service: "v1/services",
	ConfigMap: "v1/configmaps",
	Secret: "v1/secrets",
	Deployment: "apps/v1/deployments",
	DaemonSet: "apps/v1/daemonsets",
	ClusterRole: "rbac.authorization.k8s.io/v1/clusterroles",
	ClusterRoleBinding: "rbac.authorization.k8s.io/v1/clusterrolebindings",
	Role: "rbac.authorization.k8s.io/v1/roles",
	RoleBinding: "rbac.authorization.k8s.io/v1/rolebindings",
	MutatingWebhookConfiguration: "admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
};

/** Puts what `shunt install` prints for these values on a cluster, and plays its controllers until all is well. */
export function installRelease(api: ApiServer, values: PlainMap = {}, namespace = "shunt"): void {
	putAll(api, rendered("shunt", values, namespace));
	api.putNamespace("default");
	playControllers(api, namespace);
	api.admit = (object, { resource, namespace: place }) =>
		resource === "pods" ? admitPod(api, object, { release: namespace, place }) : object;
}

/** The same of `shunt install-cni`, with an agent that is ready on each of these nodes. */
export function installCni(api: ApiServer, values: PlainMap = {}, nodes: readonly string[] = []): void {
	const namespace = "shunt-cni";
	putAll(api, rendered("shunt-cni", values, namespace));
	for (const node of nodes) {
		putAgent(api, node, "True");
	}
}

/** An agent's pod as the DaemonSet's controller makes it. */
export function putAgent(
	api: ApiServer,
	node: string,
	ready: "True" | "False",
	namespace = "shunt-cni",
): void {
	const set = api.store.get("apps/v1/daemonsets", keyOf({ namespace, name: "shunt-cni" }));
	const { template } = (set as unknown as Deployment).spec;
	api.store.put("v1/pods", {
		...template,
		kind: "Pod",
		metadata: { ...template.metadata, name: `shunt-cni-${node}`, namespace },
		spec: { ...(template["spec"] as object), nodeName: node },
		status: { phase: "Running", conditions: [{ type: "Ready", status: ready }] },
	});
}

function putAll(api: ApiServer, objects: readonly ApiObject[]): void {
	for (const object of objects) {
		const collection = collections[object.kind ?? ""];
		if (collection !== undefined) {
			api.store.put(collection, object);
		}
	}
}

/** Kept, because rendering is most of what a test would do. */
const releases = new Map<string, ApiObject[]>();

function rendered(chart: keyof typeof charts, values: PlainMap, namespace: string): ApiObject[] {
	const key = JSON.stringify([chart, values, namespace]);
	const objects = releases.get(key) ?? render(chart, values, namespace);
	releases.set(key, objects);
	return structuredClone(objects);
}

const charts = {
	shunt: await openChart(findChart("shunt")),
	"shunt-cni": await openChart(findChart("shunt-cni")),
};

function render(name: keyof typeof charts, values: PlainMap, namespace: string): ApiObject[] {
	const chart = charts[name];
	if (!chart.ok) {
		throw new Error(chart.problem.message);
	}
	const release = renderRelease({ chart: chart.value, values, namespace, now: Date.now });
	if (!release.ok) {
		throw new Error(release.problem.message);
	}
	return release.value.manifests
		.filter(({ hooks }) => hooks === undefined || hooks.length === 0)
		.flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as ApiObject | null))
		.filter((object) => object !== null);
}

/** The Deployment's pods and status, and who is behind the Service. */
function playControllers(api: ApiServer, namespace: string): void {
	const key = keyOf({ namespace, name: "shunt-injector" });
	const deployment = api.store.get("apps/v1/deployments", key) as unknown as Deployment;
	const { replicas, template } = deployment.spec;
	const status = { observedGeneration: 1, replicas, updatedReplicas: replicas, availableReplicas: replicas };
	api.store.put("apps/v1/deployments", { ...deployment, status } as unknown as ApiObject);
	for (let index = 0; index < replicas; index++) {
		api.store.put("v1/pods", {
			...template,
			kind: "Pod",
			metadata: { ...template.metadata, name: `shunt-injector-${index}`, namespace },
			status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
		});
	}
	api.store.put("discovery.k8s.io/v1/endpointslices", {
		metadata: {
			name: "shunt-injector-1",
			namespace,
			labels: { "kubernetes.io/service-name": "shunt-injector" },
		},
		addressType: "IPv4",
		endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: true } }],
		ports: [],
	});
}

interface Deployment {
	readonly spec: { readonly replicas: number; readonly template: ApiObject };
}

/** The real injection, by the configuration that the cluster holds. */
function admitPod(
	api: ApiServer,
	pod: ApiObject,
	{ release, place }: { release: string; place: string | undefined },
): ApiObject {
	const map = api.store.get("v1/configmaps", keyOf({ namespace: release, name: "shunt-config" }));
	const config = readConfigText((map?.["data"] as Record<string, string> | undefined)?.["config.yaml"]);
	if (config.kind !== "read") {
		throw new Status(500, "InternalError", "failed calling webhook");
	}
	const annotations =
		api.store.get("v1/namespaces", keyOf({ name: place ?? "" }))?.metadata.annotations ?? {};
	const outcome = injectPod({
		pod: pod as unknown as JsonObject,
		config: config.value,
		namespace: annotations,
		whenUnannotated: "skip",
	});
	return outcome.kind === "injected" ? (outcome.pod as unknown as ApiObject) : pod;
}
