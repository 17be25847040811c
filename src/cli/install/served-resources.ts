import type { Manifest } from "../../chart/index.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { kindsOf, type Resource } from "../cluster/served-kinds.ts";
import { Refusal } from "./outcome.ts";

/** The resources of all kinds among some objects; throws a Refusal for kinds that the cluster does not have. */
export async function findResources(
	cluster: Cluster,
	manifests: readonly Manifest[],
): Promise<readonly Resource[]> {
	const findKind = kindsOf(cluster);
	const kinds = new Map(manifests.map((manifest) => [`${manifest.apiVersion} ${manifest.kind}`, manifest]));
	const missing: Manifest[] = [];
	const resources: Resource[] = [];
	for (const manifest of kinds.values()) {
		const resource = await findKind(manifest.apiVersion, manifest.kind);
		if (resource === undefined) {
			missing.push(manifest);
		} else {
			resources.push(resource);
		}
	}
	if (missing.length > 0) {
		throw new Refusal(exitCodes.failed, missing.map(describeMissing).join("\n"));
	}
	return resources;
}

function describeMissing({ apiVersion, kind, name, path }: Manifest): string {
	return `the cluster knows no ${kind} of ${apiVersion}, which ${path} makes (${name}): install its definition first, or leave it out by its value`;
}
