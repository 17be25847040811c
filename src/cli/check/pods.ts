import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { type JsonObject, objectAt, textAt } from "../../inject/json.ts";
import { containerNames } from "../../inject/names.ts";
import { allPages, type Cluster } from "../../kube/cluster.ts";

/** The applications' pods that run or are to run, of every namespace. */
export async function applicationPods(cluster: Cluster): Promise<V1Pod[]> {
	const core = cluster.api(CoreV1Api);
	const pods = await allPages((page) => cluster.ask(core.listPodForAllNamespaces(page)));
	return pods.filter((pod) => isLiving(pod) && pod.metadata?.labels?.[controlPlaneLabel] === undefined);
}

/** On every pod of the control plane. */
const controlPlaneLabel = "shunt.dev/control-plane-component";

/** The control plane's. */
export async function ownPods(cluster: Cluster, namespace: string): Promise<V1Pod[]> {
	const labelSelector = "app.kubernetes.io/name=shunt";
	const core = cluster.api(CoreV1Api);
	const pods = await allPages((page) =>
		cluster.ask(core.listNamespacedPod({ namespace, labelSelector, ...page })),
	);
	return pods.filter((pod) => isLiving(pod) && pod.metadata?.labels?.[componentLabel] !== "probe");
}

export const componentLabel = "app.kubernetes.io/component";

function isLiving({ metadata, status }: V1Pod): boolean {
	const isOver = status?.phase === "Succeeded" || status?.phase === "Failed";
	return !isOver && metadata?.deletionTimestamp === undefined;
}

export function nameOf({ metadata }: V1Pod): string {
	return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

/** As plain JSON, which is what injection works on. */
export function plain(pod: V1Pod): JsonObject {
	return JSON.parse(JSON.stringify(pod));
}

/** The workload that a restart would be for; a ReplicaSet is its Deployment's, whose name it has plus a hash. */
export function ownerOf(pod: V1Pod): string | undefined {
	const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller === true);
	const hash = textAt(objectAt(objectAt(plain(pod), "metadata"), "labels"), "pod-template-hash");
	if (owner?.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
		return `deployment/${owner.name.slice(0, -hash.length - 1)}`;
	}
	return owner && `${owner.kind.toLowerCase()}/${owner.name}`;
}

/** A native sidecar's status stands among the init containers'. */
export function isProxyReady({ status }: V1Pod): boolean {
	const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
	return all.some(({ name, ready }) => name === containerNames.proxy && ready);
}
