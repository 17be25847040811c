import { KubernetesObjectApi } from "@kubernetes/client-node";
import type { Manifest } from "../../chart/index.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { isNotFound } from "../cluster/cluster-error.ts";
import { Refusal } from "./outcome.ts";

/** A kind of object as permissions and URLs call it. */
export interface Resource {
	/** Empty for the core group. */
	readonly group: string;
	readonly version: string;
	/** `deployments` */
	readonly name: string;
	readonly namespaced: boolean;
	readonly kind: string;
}

/** Discovery, which the client keeps to itself. */
class Discovery extends KubernetesObjectApi {
	resourceOf(apiVersion: string, kind: string) {
		return this.resource(apiVersion, kind);
	}
}

/** The resources of all kinds among some objects; throws a Refusal for kinds that the cluster does not have. */
export async function findResources(
	cluster: Cluster,
	manifests: readonly Manifest[],
): Promise<readonly Resource[]> {
	const discovery = cluster.api(Discovery);
	const kinds = new Map(manifests.map((manifest) => [`${manifest.apiVersion} ${manifest.kind}`, manifest]));
	const missing: Manifest[] = [];
	const resources: Resource[] = [];
	// One after the other, since the client remembers what it learnt of an API version.
	for (const manifest of kinds.values()) {
		const resource = await findResource(cluster, discovery, manifest);
		if (resource === undefined) {
			missing.push(manifest);
		} else {
			resources.push(resource);
		}
	}
	if (missing.length > 0) {
		throw new Refusal(exitCodes.failed, missing.map((manifest) => describeMissing(manifest)).join("\n"));
	}
	return resources;
}

async function findResource(
	cluster: Cluster,
	discovery: Discovery,
	{ apiVersion, kind }: Manifest,
): Promise<Resource | undefined> {
	const found = await cluster.ask(
		discovery.resourceOf(apiVersion, kind).catch((error) => {
			if (isNotFound(error)) {
				return undefined;
			}
			throw error;
		}),
	);
	const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
	return found === undefined
		? undefined
		: { group: group ?? "", version: version ?? "", name: found.name, namespaced: found.namespaced, kind };
}

function describeMissing({ apiVersion, kind, name, path }: Manifest): string {
	return `the cluster knows no ${kind} of ${apiVersion}, which ${path} makes (${name}): install its definition first, or leave it out by its value`;
}
