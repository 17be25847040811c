import { KubernetesObjectApi } from "@kubernetes/client-node";
import type { Cluster } from "../../kube/cluster.ts";
import { isNotFound } from "../../kube/cluster-error.ts";

/** A kind of object, as URLs and permissions call it. */
export interface Resource {
	/** Empty for the core group. */
	readonly group: string;
	/** `deployments` */
	readonly name: string;
	readonly namespaced: boolean;
}

/** Asks a cluster for a kind; undefined where it does not have it. */
export type FindKind = (apiVersion: string, kind: string) => Promise<Resource | undefined>;

/** Discovery, which the client keeps to itself. */
class Discovery extends KubernetesObjectApi {
	resourceOf(apiVersion: string, kind: string) {
		return this.resource(apiVersion, kind);
	}
}

/** The client remembers what it learnt of an API version, so asking for kinds one after the other is cheap. */
export function kindsOf(cluster: Cluster): FindKind {
	const discovery = cluster.api(Discovery);
	return async (apiVersion, kind) => {
		const request = discovery.resourceOf(apiVersion, kind).catch((error) => {
			if (isNotFound(error)) {
				return undefined;
			}
			throw error;
		});
		const found = await cluster.ask(request);
		const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
		return found === undefined ? undefined : { group, name: found.name, namespaced: found.namespaced };
	};
}
