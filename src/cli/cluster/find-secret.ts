import { CoreV1Api } from "@kubernetes/client-node";
import type { PlainValue } from "../../chart/index.ts";
import type { Cluster } from "../../kube/cluster.ts";

/** A Secret; undefined where there is none of that name. */
export async function findSecret(
	cluster: Cluster,
	namespace: string,
	name: string,
): Promise<PlainValue | undefined> {
	const secret = await cluster.find(cluster.api(CoreV1Api).readNamespacedSecret({ name, namespace }));
	return secret === undefined ? undefined : asPlain(secret);
}

/** An object of the client's as the API sends it, with its dates as texts. */
export function asPlain(object: object): PlainValue {
	return JSON.parse(JSON.stringify(object));
}
