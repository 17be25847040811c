import { AdmissionregistrationV1Api, CoreV1Api, VersionApi } from "@kubernetes/client-node";
import type { Manifest, RenderedChart } from "../../chart/index.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import { storeName } from "../chart/store.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { checkAllowed } from "./check-allowed.ts";
import { Refusal } from "./outcome.ts";
import { findResources } from "./served-resources.ts";

/** `v1.33.4` */
export async function askVersion(cluster: Cluster): Promise<string> {
	const { gitVersion } = await cluster.ask(cluster.api(VersionApi).getCode());
	return gitVersion;
}

/**
 * Whether these objects can be created: nothing of the kind is installed, the cluster has their kinds, and who asks may
 * create them. Answers with what is worth to know; throws a Refusal.
 */
export async function checkInstallable(
	cluster: Cluster,
	{ manifests }: RenderedChart,
	namespace: string,
): Promise<readonly string[]> {
	await checkAbsent(cluster, namespace);
	await checkWebhooks(cluster, manifests, namespace);
	return checkAllowed(cluster, await findResources(cluster, manifests), namespace);
}

async function checkAbsent(cluster: Cluster, namespace: string): Promise<void> {
	const core = cluster.api(CoreV1Api);
	const store = await cluster.find(core.readNamespacedConfigMap({ name: storeName, namespace }));
	if (store !== undefined) {
		throw installed(namespace, `ConfigMap ${storeName} exists there`);
	}
}

/** Webhooks belong to the whole cluster: those of a release in another namespace would be taken over. */
async function checkWebhooks(
	cluster: Cluster,
	manifests: readonly Manifest[],
	namespace: string,
): Promise<void> {
	const admission = cluster.api(AdmissionregistrationV1Api);
	for (const { name } of manifests.filter(({ kind }) => kind === "MutatingWebhookConfiguration")) {
		const found = await cluster.find(admission.readMutatingWebhookConfiguration({ name }));
		const serving = found?.webhooks?.map(({ clientConfig }) => clientConfig.service?.namespace) ?? [];
		const other = serving.find((place) => place !== undefined && place !== namespace);
		if (other !== undefined) {
			throw installed(other, `MutatingWebhookConfiguration ${name} leads there`);
		}
	}
}

function installed(namespace: string, because: string): Refusal {
	return new Refusal(
		exitCodes.failed,
		`Shunt is already installed in the namespace ${namespace} (${because})\nrun "shunt upgrade -n ${namespace}" to change it`,
	);
}
