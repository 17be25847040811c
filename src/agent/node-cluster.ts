import {
	CoreV1Api,
	type CoreV1Event,
	type KubeConfig,
	PatchStrategy,
	setHeaderOptions,
	Watch,
} from "@kubernetes/client-node";
import { harmless } from "../domain/harmless.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { clusterErrorOf, isConflict } from "../kube/cluster-error.ts";
import type { ObjectSource } from "../kube/follow-objects.ts";
import { clientConfiguration } from "../kube/open-cluster.ts";
import { readKubeconfig } from "../kube/read-kubeconfig.ts";
import { watchObjects } from "../kube/watch-objects.ts";
import type { NodeNamespace } from "./node-pods.ts";
import type { NodePod } from "./pod-verdict.ts";

/** What the agent wants of an API server: the port to it. */
export interface NodeCluster {
	/** Of one node alone. */
	readonly pods: ObjectSource<NodePod>;
	readonly namespaces: ObjectSource<NodeNamespace>;
	/** Tells whoever looks at a pod what was done to it. Rejects with a ClusterError. */
	tell(pod: PodReference, event: PodEvent): Promise<void>;
	/** Deletes the pod, in its own time, if it is still that one. Rejects with a ClusterError. */
	deletePod(pod: PodReference): Promise<void>;
	/** Writes an annotation on the node. Rejects with a ClusterError. */
	annotateNode(name: string, value: string): Promise<void>;
	/** Takes every taint of that key off the node: true where there was one. Rejects with a ClusterError. */
	removeTaint(key: string): Promise<boolean>;
}

export interface PodReference {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
}

export interface PodEvent {
	readonly type: "Normal" | "Warning";
	/** In the form of an identifier. */
	readonly reason: string;
	readonly message: string;
}

const requestTimeoutMs = 15_000;

/** By a kubeconfig file, or what a pod's service account gives. Nobody is asked yet. */
export function connectNodeCluster(kubeconfig: string | undefined, node: string): Result<NodeCluster> {
	if (kubeconfig === undefined && process.env["KUBERNETES_SERVICE_HOST"] === undefined) {
		const accepted = "a kubeconfig file";
		return err({ source: "--kubeconfig", complaint: "is needed where this is no pod", accepted });
	}
	const source =
		kubeconfig === undefined ? ({ kind: "pod" } as const) : ({ kind: "files", files: [kubeconfig] } as const);
	const config = readKubeconfig(source, undefined);
	return config.ok ? ok(clusterOf(config.value, node)) : config;
}

function clusterOf(config: KubeConfig, node: string): NodeCluster {
	const core = new CoreV1Api(clientConfiguration(config, requestTimeoutMs));
	const watch = new Watch(config);
	const server = config.getCurrentCluster()?.server ?? "";
	const fieldSelector = `spec.nodeName=${node}`;
	const ask = async (request: Promise<unknown>): Promise<void> => {
		await request.catch((error) => {
			throw clusterErrorOf(error, server);
		});
	};
	return {
		pods: {
			list: () => listAll(server, core.listPodForAllNamespaces({ fieldSelector, ...fromCache })),
			watch: (resourceVersion, onChange, signal) =>
				watchObjects({ watch, path: "/api/v1/pods", fieldSelector, resourceVersion, onChange, signal }),
		},
		namespaces: {
			list: () => listAll(server, core.listNamespace(fromCache)),
			watch: (resourceVersion, onChange, signal) =>
				watchObjects({ watch, path: "/api/v1/namespaces", resourceVersion, onChange, signal }),
		},
		tell: (pod, event) => {
			const { namespace } = pod;
			return ask(core.createNamespacedEvent({ namespace, body: eventAbout(pod, event, node) }));
		},
		deletePod: ({ namespace, name, uid }) =>
			ask(core.deleteNamespacedPod({ namespace, name, body: { preconditions: { uid } } })),
		annotateNode: (name, value) => {
			// By the status, with which annotations can be written too: a right to all of a node is more than this needs.
			const body = { metadata: { annotations: { [name]: value } } };
			return ask(core.patchNodeStatus({ name: node, body }, asMergePatch));
		},
		removeTaint: (key) =>
			removeTaint(core, node, key).catch((error) => {
				throw clusterErrorOf(error, server);
			}),
	};
}

/** Who else may change a node: its kubelet, the node controller, and we ourselves, who write what it serves. */
const mostConflicts = 5;

/** With the version that it was read in: whoever changes other taints meanwhile is not overwritten, and we try again. */
async function removeTaint(core: CoreV1Api, name: string, key: string): Promise<boolean> {
	for (let conflicts = 0; ; conflicts++) {
		const { metadata, spec } = await core.readNode({ name });
		const taints = spec?.taints ?? [];
		const others = taints.filter((taint) => taint.key !== key);
		if (others.length === taints.length) {
			return false;
		}
		const body = { metadata: { resourceVersion: metadata?.resourceVersion }, spec: { taints: others } };
		try {
			await core.patchNode({ name, body }, asMergePatch);
			return true;
		} catch (error) {
			if (!isConflict(error) || conflicts >= mostConflicts) {
				throw error;
			}
		}
	}
}

const asMergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** What `kubectl describe pod` shows and `kubectl get events` lists. The server takes messages of up to 1024 bytes. */
function eventAbout(pod: PodReference, { type, reason, message }: PodEvent, node: string): CoreV1Event {
	const now = new Date();
	return {
		metadata: { generateName: `${pod.name}-`, namespace: pod.namespace },
		involvedObject: { apiVersion: "v1", kind: "Pod", ...pod },
		...{ type, reason, message: harmless(message).slice(0, 1000) },
		source: { component: "shunt-agent", host: node },
		...{ firstTimestamp: now, lastTimestamp: now, count: 1 },
	};
}

/**
 * From the API server's memory, as kubelets list: of any other list it reads every pod of the cluster from etcd, page by
 * page, to find those of one node (shouldDelegateList in apiserver's storage/cacher). What such a list may lack, the watch from
 * there brings.
 */
const fromCache = { resourceVersion: "0" } as const;

interface Listed<T> {
	readonly items: readonly T[];
	readonly metadata?: { readonly resourceVersion?: string };
}

async function listAll<T>(server: string, request: Promise<Listed<T>>) {
	const { items, metadata } = await request.catch((error) => {
		throw clusterErrorOf(error, server);
	});
	return { items, resourceVersion: metadata?.resourceVersion ?? "" };
}
