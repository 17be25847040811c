import { CoreV1Api, type KubeConfig, PatchStrategy, setHeaderOptions, Watch } from "@kubernetes/client-node";
import { err, ok, type Result } from "../domain/problem.ts";
import { allPages, type PageRequest } from "../kube/cluster.ts";
import { clusterErrorOf } from "../kube/cluster-error.ts";
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
	/** Takes every taint of that key off the node: true where there was one. Rejects with a ClusterError. */
	removeTaint(key: string): Promise<boolean>;
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
	return {
		pods: {
			list: () => listAll(server, (page) => core.listPodForAllNamespaces({ ...page, fieldSelector })),
			watch: (resourceVersion, onChange, signal) =>
				watchObjects({ watch, path: "/api/v1/pods", fieldSelector, resourceVersion, onChange, signal }),
		},
		namespaces: {
			list: () => listAll(server, (page) => core.listNamespace(page)),
			watch: (resourceVersion, onChange, signal) =>
				watchObjects({ watch, path: "/api/v1/namespaces", resourceVersion, onChange, signal }),
		},
		removeTaint: (key) =>
			removeTaint(core, node, key).catch((error) => {
				throw clusterErrorOf(error, server);
			}),
	};
}

/** With the version that it was read in: whoever changes other taints meanwhile is not overwritten, and we try again. */
async function removeTaint(core: CoreV1Api, name: string, key: string): Promise<boolean> {
	const { metadata, spec } = await core.readNode({ name });
	const taints = spec?.taints ?? [];
	const others = taints.filter((taint) => taint.key !== key);
	if (others.length === taints.length) {
		return false;
	}
	const body = { metadata: { resourceVersion: metadata?.resourceVersion }, spec: { taints: others } };
	await core.patchNode({ name, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
	return true;
}

interface Page<T> {
	readonly items: readonly T[];
	readonly metadata?: { readonly _continue?: string; readonly resourceVersion?: string };
}

async function listAll<T>(server: string, list: (page: PageRequest) => Promise<Page<T>>) {
	let resourceVersion = "";
	const items = await allPages<T>(async (page) => {
		const answer = await list(page).catch((error) => {
			throw clusterErrorOf(error, server);
		});
		resourceVersion = answer.metadata?.resourceVersion ?? "";
		return answer;
	});
	return { items, resourceVersion };
}
