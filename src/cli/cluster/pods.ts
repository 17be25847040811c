import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { harmless } from "../../domain/harmless.ts";
import type { JsonObject } from "../../inject/json.ts";
import { containerNames } from "../../inject/names.ts";
import { allPages, type Cluster } from "../../kube/cluster.ts";
import { redirectAnnotation } from "../../policy/annotation-keys.ts";

/** Pods that one owner made and that carry a proxy of ours. */
export interface InjectedWorkload {
	readonly namespace: string;
	/** `deployment/web` */
	readonly name: string;
	readonly pods: readonly string[];
}

/**
 * Everything that runs injected, by owner, in order: pods with the injector's stamp that have not ended. The control
 * plane in `releaseNamespace` is none of it, as its pods are part of the release.
 */
export async function listInjectedWorkloads(
	cluster: Cluster,
	releaseNamespace: string,
): Promise<readonly InjectedWorkload[]> {
	const core = cluster.api(CoreV1Api);
	const pods = await allPages((page) => cluster.ask(core.listPodForAllNamespaces(page)));
	const workloads = new Map<string, { namespace: string; name: string; pods: string[] }>();
	for (const pod of pods.filter(
		(one) => isInjected(one) && !hasEnded(one) && !isControlPlane(one, releaseNamespace),
	)) {
		const [namespace, name] = [pod.metadata?.namespace ?? "", ownerOf(pod) ?? `pod/${pod.metadata?.name}`];
		const key = `${namespace}/${name}`;
		const workload = workloads.get(key) ?? { namespace, name, pods: [] };
		workload.pods.push(pod.metadata?.name ?? "");
		workloads.set(key, workload);
	}
	return [...workloads].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, workload]) => workload);
}

function isInjected({ metadata }: V1Pod): boolean {
	return metadata?.annotations?.[redirectAnnotation] !== undefined;
}

export function hasEnded({ status }: V1Pod): boolean {
	return status?.phase === "Succeeded" || status?.phase === "Failed";
}

function isControlPlane({ metadata }: V1Pod, releaseNamespace: string): boolean {
	return (
		metadata?.namespace === releaseNamespace && metadata.labels?.["app.kubernetes.io/part-of"] === "shunt"
	);
}

const mostListed = 20;

/** `  deployment/web in shop (3 pods)`, a line each, and how many more there are. */
export function formatWorkloads(workloads: readonly InjectedWorkload[]): string[] {
	const more = workloads.length - mostListed;
	return [
		...workloads
			.slice(0, mostListed)
			.map(({ namespace, name, pods }) =>
				harmless(`  ${name} in ${namespace} (${count(pods.length, "pod")})`),
			),
		...(more > 0 ? [`  and ${more} more`] : []),
	];
}

/** `1 pod`, `2 pods` */
export function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

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

function isLiving(pod: V1Pod): boolean {
	return !hasEnded(pod) && pod.metadata?.deletionTimestamp === undefined;
}

export function nameOf({ metadata }: V1Pod): string {
	return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

/** As plain JSON, which is what injection works on. */
export function plain(pod: V1Pod): JsonObject {
	return JSON.parse(JSON.stringify(pod));
}

/**
 * The workload that a restart would be for; undefined where there is none. A ReplicaSet is its Deployment's, whose name it
 * has with the label's hash behind.
 */
export function ownerOf({ metadata }: V1Pod): string | undefined {
	const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
	const hash = metadata?.labels?.["pod-template-hash"];
	return owner?.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)
		? `deployment/${owner.name.slice(0, -hash.length - 1)}`
		: owner && `${owner.kind.toLowerCase()}/${owner.name}`;
}

export function isReady({ status }: V1Pod): boolean {
	return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
}

/** A native sidecar's status stands among the init containers'. */
export function isProxyReady({ status }: V1Pod): boolean {
	const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
	return all.some(({ name, ready }) => name === containerNames.proxy && ready);
}
