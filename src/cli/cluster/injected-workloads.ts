import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { harmless } from "../../domain/harmless.ts";
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
	for (const pod of pods.filter((one) => isInjected(one) && !isControlPlane(one, releaseNamespace))) {
		const [namespace, name] = [pod.metadata?.namespace ?? "", ownerOf(pod)];
		const key = `${namespace}/${name}`;
		const workload = workloads.get(key) ?? { namespace, name, pods: [] };
		workload.pods.push(pod.metadata?.name ?? "");
		workloads.set(key, workload);
	}
	return [...workloads].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, workload]) => workload);
}

function isInjected({ metadata, status }: V1Pod): boolean {
	const hasEnded = status?.phase === "Succeeded" || status?.phase === "Failed";
	return !hasEnded && metadata?.annotations?.[redirectAnnotation] !== undefined;
}

function isControlPlane({ metadata }: V1Pod, releaseNamespace: string): boolean {
	return (
		metadata?.namespace === releaseNamespace && metadata.labels?.["app.kubernetes.io/part-of"] === "shunt"
	);
}

/** A Deployment's pods belong to a ReplicaSet that is named after both, with the label's hash at the end. */
function ownerOf({ metadata }: V1Pod): string {
	const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
	if (owner === undefined) {
		return `pod/${metadata?.name}`;
	}
	const hash = metadata?.labels?.["pod-template-hash"];
	return owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)
		? `deployment/${owner.name.slice(0, -hash.length - 1)}`
		: `${owner.kind.toLowerCase()}/${owner.name}`;
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
