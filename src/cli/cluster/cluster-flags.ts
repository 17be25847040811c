import type { StrictCommand } from "../../command/strict-command.ts";
import { parseDuration } from "../../domain/duration.ts";
import { err, ok, type Result } from "../../domain/problem.ts";
import type { ClusterAddress } from "../../kube/connect-cluster.ts";

/** How to reach a cluster, and the namespace where the release is or goes. */
export interface ClusterFlags extends ClusterAddress {
	readonly namespace: string;
}

/** The release's namespace, unless told otherwise; a context's own namespace is for applications. */
const defaultNamespace = "shunt";

/** Adds the flags that every command has which asks a cluster. */
export function addClusterFlags(command: StrictCommand): StrictCommand {
	return command
		.option("-n, --namespace <name>", "the release's namespace", defaultNamespace)
		.option("--kubeconfig <file>", "how to reach the cluster (default: as kubectl does)")
		.option("--context <name>", "the kubeconfig's context to use (default: its current one)")
		.option("--request-timeout <time>", "how long one answer of the cluster may take", "10s")
		.checkValues({ namespace: parseNamespace, "request-timeout": parseRequestTimeout });
}

export function parseRequestTimeout(text: string, source: string): Result<number> {
	return parseDuration(text, source, 1);
}

/** RFC 1123, as Kubernetes wants it of a namespace. */
export function parseNamespace(text: string, source = "--namespace"): Result<string> {
	return /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text)
		? ok(text)
		: err({
				source,
				value: text,
				complaint: "is not a namespace's name",
				accepted: "at most 63 of a-z, 0-9 and -, beginning and ending with a letter or a digit",
			});
}
