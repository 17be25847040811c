import { AuthorizationV1Api } from "@kubernetes/client-node";
import { exitCodes } from "../../domain/exit-code.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import type { Resource } from "../cluster/served-kinds.ts";
import { Refusal } from "./outcome.ts";

/** What somebody is about to do. */
export interface Undertaking {
	readonly verb: "create" | "patch";
	readonly resources: readonly Resource[];
	readonly namespace: string;
}

/**
 * Asks for each resource whether whoever runs this may do that. Throws a Refusal that names all that are missing; a
 * cluster that does not say is believed to allow it, and a note says so.
 */
export async function checkAllowed(cluster: Cluster, undertaking: Undertaking): Promise<readonly string[]> {
	const { resources } = undertaking;
	try {
		const allowed = await Promise.all(resources.map((resource) => isAllowed(cluster, resource, undertaking)));
		const missing = resources.filter((_, index) => allowed[index] === false);
		if (missing.length > 0) {
			throw new Refusal(exitCodes.notPermitted, describe(missing, undertaking));
		}
		return [];
	} catch (error) {
		if (error instanceof ClusterError && error.code === "forbidden") {
			return ["the cluster does not say what you may do; going on"];
		}
		throw error;
	}
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
async function isAllowed(
	cluster: Cluster,
	{ group, name, namespaced }: Resource,
	{ verb, namespace }: Undertaking,
): Promise<boolean> {
	const authorization = cluster.api(AuthorizationV1Api);
	const resourceAttributes = {
		verb,
		group,
		resource: name,
		...(namespaced ? { namespace } : {}),
	};
	const body = {
		apiVersion: "authorization.k8s.io/v1",
		kind: "SelfSubjectAccessReview",
		spec: { resourceAttributes },
	};
	const { status } = await cluster.ask(authorization.createSelfSubjectAccessReview({ body }));
	return status?.allowed === true;
}

function describe(missing: readonly Resource[], { verb, namespace }: Undertaking): string {
	const lines = missing.map(({ name, group, namespaced }) => {
		const resource = group === "" ? name : `${name}.${group}`;
		return `you may not ${verb} ${resource}${namespaced ? ` in the namespace ${namespace}` : ""}`;
	});
	return lines.join("\n");
}
