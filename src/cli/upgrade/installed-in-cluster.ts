import { CoreV1Api } from "@kubernetes/client-node";
import { exitCodes } from "../../domain/exit-code.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { storeName } from "../chart/store.ts";
import { readStore, type StoredRelease } from "../chart/stored-release.ts";
import { asPlain } from "../cluster/find-secret.ts";
import { Refusal } from "../install/outcome.ts";

/** The release that a cluster has in a namespace. Throws a Refusal where there is none. */
export async function findStore(cluster: Cluster, namespace: string): Promise<StoredRelease> {
	const core = cluster.api(CoreV1Api);
	const found = await cluster.find(core.readNamespacedConfigMap({ name: storeName, namespace }));
	if (found === undefined) {
		throw new Refusal(exitCodes.failed, await describeMissing(cluster, namespace));
	}
	return readStore(asPlain(found), `ConfigMap ${storeName} in ${namespace}`);
}

async function describeMissing(cluster: Cluster, namespace: string): Promise<string> {
	const missing = `there is no ConfigMap ${storeName} in the namespace ${namespace}, so there is nothing to upgrade`;
	const elsewhere = await namespacesWithStore(cluster);
	return elsewhere.length === 0
		? `${missing}\nrun "shunt install" first`
		: `${missing}\nShunt is installed in ${elsewhere.join(", ")}: say -n ${elsewhere[0]}`;
}

/** Not everybody may look into every namespace, and then there is no advice. */
async function namespacesWithStore(cluster: Cluster): Promise<string[]> {
	const core = cluster.api(CoreV1Api);
	const request = core.listConfigMapForAllNamespaces({ fieldSelector: `metadata.name=${storeName}` });
	const { items } = await cluster.ask(request).catch(() => ({ items: [] }));
	return items.flatMap(({ metadata }) => metadata?.namespace ?? []).toSorted();
}
