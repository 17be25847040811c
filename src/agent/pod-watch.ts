import { followObjects } from "../kube/follow-objects.ts";
import type { Log } from "../serving/log.ts";
import type { NodeCluster } from "./node-cluster.ts";
import type { NodePods } from "./node-pods.ts";

export interface PodWatchParts {
	readonly cluster: NodeCluster;
	readonly pods: NodePods;
	readonly log: Log;
	/** Namespaces matter to files about pods alone. */
	readonly namespacesToo: boolean;
	/** Called when a pod has changed. */
	readonly changed: () => void;
	readonly watchFailed: () => void;
	readonly signal: AbortSignal;
}

/**
 * Keeps the files about pods as the API server has the pods. While it cannot be asked the files stay as they are, and
 * whatever else the agent does goes on.
 */
export function watchPods(parts: PodWatchParts): void {
	const { cluster, pods, log, watchFailed, signal, namespacesToo, changed: podsChanged } = parts;
	const failedOf = (what: string) => (error: unknown) => {
		watchFailed();
		log.warn(`${what} cannot be followed; what is known of them stays in use`, { error: String(error) });
	};
	void followObjects({
		source: cluster.pods,
		replaced: ({ items }) => {
			pods.replacePods(items);
			podsChanged();
		},
		changed: ({ kind, object }) => {
			kind === "set" ? pods.setPod(object) : pods.deletePod(object);
			podsChanged();
		},
		failed: failedOf("pods"),
		signal,
	});
	if (!namespacesToo) {
		return;
	}
	void followObjects({
		source: cluster.namespaces,
		replaced: ({ items }) => pods.replaceNamespaces(items),
		changed: ({ kind, object }) =>
			kind === "set" ? pods.setNamespace(object) : pods.deleteNamespace(object),
		failed: failedOf("namespaces"),
		signal,
	});
}
