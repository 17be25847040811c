import { AuthorizationV1Api } from "@kubernetes/client-node";
import { exitCodes } from "../../domain/exit-code.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import { Refusal } from "./outcome.ts";
import type { Resource } from "./served-resources.ts";

/**
 * Asks for each resource whether whoever runs this may create it. Throws a Refusal that names all that are missing; a
 * cluster that does not say is believed to allow it, and a note says so.
 */
export async function checkAllowed(
	cluster: Cluster,
	resources: readonly Resource[],
	namespace: string,
): Promise<readonly string[]> {
	try {
		const allowed = await Promise.all(resources.map((resource) => mayCreate(cluster, resource, namespace)));
		const missing = resources.filter((_, index) => allowed[index] === false);
		if (missing.length > 0) {
			throw new Refusal(exitCodes.notPermitted, describe(missing, namespace));
		}
		return [];
	} catch (error) {
		if (error instanceof ClusterError && error.code === "forbidden") {
			return ["the cluster does not say what you may create; going on"];
		}
		throw error;
	}
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access */
async function mayCreate(
	cluster: Cluster,
	{ group, name, namespaced }: Resource,
	namespace: string,
): Promise<boolean> {
	const authorization = cluster.api(AuthorizationV1Api);
	const resourceAttributes = {
		verb: "create",
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

function describe(missing: readonly Resource[], namespace: string): string {
	const lines = missing.map(({ name, group, namespaced }) => {
		const resource = group === "" ? name : `${name}.${group}`;
		return `you may not create ${resource}${namespaced ? ` in the namespace ${namespace}` : ""}`;
	});
	return [...lines, "--ignore-cluster renders for somebody who may"].join("\n");
}
