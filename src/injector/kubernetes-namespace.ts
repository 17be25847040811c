import type { V1Namespace } from "@kubernetes/client-node";
import type { Namespace } from "./cluster.ts";

export function namespaceOf({ metadata }: V1Namespace): Namespace {
	return { name: metadata?.name ?? "", annotations: metadata?.annotations ?? {} };
}
