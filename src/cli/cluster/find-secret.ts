import { CoreV1Api } from "@kubernetes/client-node";
import type { PlainValue } from "../../chart/index.ts";
import { asPlain } from "./as-plain.ts";
import type { Cluster } from "./cluster.ts";

/** A Secret; undefined where there is none of that name. */
export async function findSecret(
	cluster: Cluster,
	namespace: string,
	name: string,
): Promise<PlainValue | undefined> {
	const secret = await cluster.find(cluster.api(CoreV1Api).readNamespacedSecret({ name, namespace }));
	return secret === undefined ? undefined : asPlain(secret);
}
