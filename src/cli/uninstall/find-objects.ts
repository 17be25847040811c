import { CoreV1Api, KubernetesObjectApi, type V1ObjectMeta } from "@kubernetes/client-node";
import { allPages, type Cluster } from "../../kube/cluster.ts";
import { type ChartName, isOurs, kindsOf } from "../cluster/cluster-objects.ts";

/** What names an object to `kubectl delete`. */
export interface FoundObject {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		readonly namespace?: string;
		readonly labels?: Readonly<Record<string, string>>;
	};
}

/** A chart's own objects, and not those of the other one, which bears another name. */
function selectorOf(chart: ChartName): string {
	return `app.kubernetes.io/name=${chart},app.kubernetes.io/part-of=shunt`;
}

/**
 * Every kind that a chart makes, in the order in which objects go: first what interferes with new pods, or with nodes, last
 * what holds the others. Some clusters do not have the last groups.
 */
const kinds = [
	["admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"],
	["apps/v1", "DaemonSet"],
	["rbac.authorization.k8s.io/v1", "ClusterRoleBinding"],
	["rbac.authorization.k8s.io/v1", "ClusterRole"],
	["apps/v1", "Deployment"],
	["policy/v1", "PodDisruptionBudget"],
	["networking.k8s.io/v1", "NetworkPolicy"],
	["v1", "Service"],
	["rbac.authorization.k8s.io/v1", "RoleBinding"],
	["rbac.authorization.k8s.io/v1", "Role"],
	["v1", "ServiceAccount"],
	["v1", "ConfigMap"],
	["v1", "Secret"],
	["monitoring.coreos.com/v1", "PodMonitor"],
	["cert-manager.io/v1", "Certificate"],
	["cert-manager.io/v1", "Issuer"],
] as const;

/** All objects of the release in a namespace, but for that namespace, in the order in which they go. */
export async function findObjects(
	cluster: Cluster,
	chart: ChartName,
	namespace: string,
): Promise<readonly FoundObject[]> {
	const findKind = kindsOf(cluster);
	const api = cluster.api(KubernetesObjectApi);
	const found: FoundObject[] = [];
	for (const [apiVersion, kind] of kinds) {
		const resource = await findKind(apiVersion, kind);
		const place = resource?.namespaced === true ? namespace : undefined;
		const listed =
			resource === undefined
				? []
				: await cluster.ask(listKind(api, { apiVersion, kind, namespace: place }, selectorOf(chart)));
		found.push(...listed.map(({ metadata }) => ({ apiVersion, kind, metadata: namesOf(metadata) })));
	}
	return found;
}

interface Kind {
	readonly apiVersion: string;
	readonly kind: string;
	readonly namespace: string | undefined;
}

/** With these labels; all without. */
function listKind(api: KubernetesObjectApi, { apiVersion, kind, namespace }: Kind, labels?: string) {
	const unset = [undefined, undefined, undefined, undefined] as const;
	return allPages(({ limit, _continue }) =>
		api.list(apiVersion, kind, namespace, ...unset, labels, limit, _continue),
	);
}

function namesOf(metadata: V1ObjectMeta | undefined): FoundObject["metadata"] {
	const { name = "", namespace, labels } = metadata ?? {};
	return {
		name,
		...(namespace === undefined ? {} : { namespace }),
		...(labels === undefined ? {} : { labels }),
	};
}

/**
 * The release's namespace, where the release made it; `others` names what is in it and not of the release, which would go
 * with it.
 */
export async function findNamespace(
	cluster: Cluster,
	chart: ChartName,
	namespace: string,
): Promise<{ readonly object: FoundObject; readonly others: readonly string[] } | undefined> {
	const core = cluster.api(CoreV1Api);
	const found = await cluster.find(core.readNamespace({ name: namespace }));
	if (found === undefined || !isOurs(found, chart)) {
		return undefined;
	}
	const { labels = {} } = found.metadata ?? {};
	return {
		object: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
		others: await findOthers(cluster, chart, namespace),
	};
}

/** What somebody would miss. */
const missedKinds = [
	["v1", "Pod"],
	["v1", "Service"],
	["v1", "PersistentVolumeClaim"],
	["apps/v1", "Deployment"],
	["apps/v1", "StatefulSet"],
	["apps/v1", "DaemonSet"],
	["batch/v1", "Job"],
	["batch/v1", "CronJob"],
] as const;

/** `pods that are not Shunt's: guest`, for each kind of which there are some. */
async function findOthers(cluster: Cluster, chart: ChartName, namespace: string): Promise<string[]> {
	const findKind = kindsOf(cluster);
	const api = cluster.api(KubernetesObjectApi);
	const found: string[] = [];
	for (const [apiVersion, kind] of missedKinds) {
		const resource = await findKind(apiVersion, kind);
		const listed =
			resource === undefined ? [] : await cluster.ask(listKind(api, { apiVersion, kind, namespace }));
		const others = listed.filter(({ metadata }) => metadata?.labels?.["app.kubernetes.io/name"] !== chart);
		if (resource !== undefined && others.length > 0) {
			const names = others.map(({ metadata }) => metadata?.name ?? "");
			found.push(`${resource.name} that are not Shunt's: ${names.join(", ")}`);
		}
	}
	return found;
}
