import { AdmissionregistrationV1Api, CoreV1Api } from "@kubernetes/client-node";
import type { Manifest, PlainValue, RenderedChart } from "../../chart/index.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import { injectorName, storeName } from "../chart/store.ts";
import { readStore, type StoredRelease } from "../chart/stored-release.ts";
import { asPlain, findNamespaceOwner, findSecret, firstFamily } from "../cluster/cluster-objects.ts";
import { count, formatWorkloads, type InjectedWorkload, listInjectedWorkloads } from "../cluster/pods.ts";
import { Refusal } from "../install/outcome.ts";
import { askVersion, checkAllowed, findResources } from "../install/preflight.ts";
import type { Request } from "../install/read-request.ts";
import { checkFamilies } from "../install/read-request.ts";
import { type FoundObject, findObjects } from "../uninstall/find-objects.ts";
import type { Installed } from "./installed-in-manifests.ts";

/** The installed release, as the cluster has it. */
export async function readCluster(
	cluster: Cluster,
	{ namespace }: Request,
	{ resetValues }: { readonly resetValues?: true },
): Promise<Installed> {
	const store =
		resetValues === true
			? await unlessUnreadable(findStore(cluster, namespace))
			: await findStore(cluster, namespace);
	return {
		store,
		kubeVersion: await askVersion(cluster),
		namespaceOwner: await findNamespaceOwner(cluster, namespace),
		secret: (name) => findSecret(cluster, namespace, name),
		webhook: () => findWebhook(cluster),
	};
}

/** Who may not read it only upgrades without the authority before, as {@link Installed} has it. */
async function findWebhook(cluster: Cluster): Promise<PlainValue | undefined> {
	try {
		const webhooks = cluster.api(AdmissionregistrationV1Api);
		const found = await cluster.find(webhooks.readMutatingWebhookConfiguration({ name: injectorName }));
		return found === undefined ? undefined : asPlain(found);
	} catch (error) {
		if (error instanceof ClusterError && error.code === "forbidden") {
			return undefined;
		}
		throw error;
	}
}

/** Values that are reset need none that could be read. */
async function unlessUnreadable(store: Promise<StoredRelease>): Promise<StoredRelease | undefined> {
	return store.catch((error) => {
		if (error instanceof Refusal) {
			return undefined;
		}
		throw error;
	});
}

/** Whether the new objects can be applied, and what that does to what runs: lines for the user. */
export async function checkUpgrade(
	cluster: Cluster,
	{
		rendered,
		namespace,
		reinjects,
	}: { readonly rendered: RenderedChart; readonly namespace: string; readonly reinjects: boolean },
): Promise<readonly string[]> {
	checkFamilies(rendered, await firstFamily(cluster));
	const resources = await findResources(cluster, rendered.manifests);
	const notes = await checkAllowed(cluster, { resources, namespace, verb: "patch" });
	return [
		...notes,
		...(await describeLeftovers(cluster, rendered.manifests, namespace)),
		...(reinjects ? await describeWorkloads(cluster, namespace) : [unchanged]),
	];
}

const unchanged = "no injected workload changes";

async function describeWorkloads(cluster: Cluster, namespace: string): Promise<string[]> {
	try {
		const workloads = await listInjectedWorkloads(cluster, namespace);
		return workloads.length === 0 ? ["no workload is injected"] : formatAffected(workloads);
	} catch (error) {
		if (error instanceof ClusterError && error.code === "forbidden") {
			return ["you may not list pods, so how many workloads change at their next restart is not known"];
		}
		throw error;
	}
}

function formatAffected(workloads: readonly InjectedWorkload[]): string[] {
	const pods = workloads.reduce((sum, workload) => sum + workload.pods.length, 0);
	const verb = workloads.length === 1 ? "changes at its" : "change at their";
	return [
		`${count(workloads.length, "workload")} (${count(pods, "pod")}) ${verb} next restart:`,
		...formatWorkloads(workloads),
	];
}

/** The release that a cluster has in a namespace. Throws a Refusal where there is none. */
async function findStore(cluster: Cluster, namespace: string): Promise<StoredRelease> {
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

/**
 * Objects of the installed release that the new one does not have, and that `kubectl apply` therefore leaves: lines for
 * the user, with the command that deletes each. Who may not look at all kinds is not told.
 */
async function describeLeftovers(
	cluster: Cluster,
	manifests: readonly Manifest[],
	namespace: string,
): Promise<string[]> {
	const kept = new Set(manifests.map(({ kind, name }) => `${kind} ${name}`));
	try {
		const found = await findObjects(cluster, "shunt", namespace);
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
