import type { RenderedChart } from "../../chart/index.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import type { StoredRelease } from "../chart/stored-release.ts";
import { findSecret } from "../cluster/find-secret.ts";
import {
	count,
	formatWorkloads,
	type InjectedWorkload,
	listInjectedWorkloads,
} from "../cluster/injected-workloads.ts";
import { findNamespaceOwner } from "../cluster/release-namespace.ts";
import { checkAllowed } from "../install/check-allowed.ts";
import { Refusal } from "../install/outcome.ts";
import { askVersion } from "../install/preflight.ts";
import type { Request } from "../install/read-request.ts";
import { findResources } from "../install/served-resources.ts";
import { describeLeftovers } from "./find-leftovers.ts";
import type { Installed } from "./installed.ts";
import { findStore } from "./installed-in-cluster.ts";

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
	};
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
