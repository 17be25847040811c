import type { Command } from "commander";
import type { ClusterAddress } from "../../kube/connect-cluster.ts";

/** How to reach a cluster, and the namespace where the release is or goes. */
export interface ClusterFlags extends ClusterAddress {
	readonly namespace: string;
}

/** The release's namespace, unless told otherwise; a context's own namespace is for applications. */
export const defaultNamespace = "shunt";

/** Adds the flags that every command has which asks a cluster. */
export function addClusterFlags(command: Command): Command {
	return command
		.option("-n, --namespace <name>", "the release's namespace", defaultNamespace)
		.option("--kubeconfig <file>", "how to reach the cluster (default: as kubectl does)")
		.option("--context <name>", "the kubeconfig's context to use (default: its current one)")
		.option("--request-timeout <time>", "how long one answer of the cluster may take", "10s");
}
