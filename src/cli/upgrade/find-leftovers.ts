import type { Manifest } from "../../chart/index.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import { type FoundObject, findObjects } from "../uninstall/find-objects.ts";

/**
 * Objects of the installed release that the new one does not have, and that `kubectl apply` therefore leaves: lines for
 * the user, with the command that deletes each. Who may not look at all kinds is not told.
 */
export async function describeLeftovers(
	cluster: Cluster,
	manifests: readonly Manifest[],
	namespace: string,
): Promise<string[]> {
	const kept = new Set(manifests.map(({ kind, name }) => `${kind} ${name}`));
	try {
		const found = await findObjects(cluster, namespace);
		return found
			.filter(({ kind, metadata }) => !kept.has(`${kind} ${metadata.name}`) && !isMadeByOthers(kind))
			.map(describe);
	} catch (error) {
		if (error instanceof ClusterError && error.code === "forbidden") {
			return [];
		}
		throw error;
	}
}

/** cert-manager fills a Secret that no manifest has, and labels it as it was told to. */
function isMadeByOthers(kind: string): boolean {
	return kind === "Secret";
}

function describe({ apiVersion, kind, metadata: { name, namespace } }: FoundObject): string {
	const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : "";
	const place = namespace === undefined ? "" : `-n ${namespace} `;
	return `${kind} ${name} is no longer part of it: kubectl delete ${place}${kind.toLowerCase()}${group} ${name}`;
}
