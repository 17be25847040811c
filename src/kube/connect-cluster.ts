import { parseDuration } from "../domain/duration.ts";
import { all, ok, type Result } from "../domain/problem.ts";
import type { Cluster } from "./cluster.ts";
import { findKubeconfig } from "./kubeconfig-files.ts";

/** How to reach a cluster, in kubectl's words. */
export interface ClusterAddress {
	readonly kubeconfig?: string;
	readonly context?: string;
	/** Of one request: `10s`. */
	readonly requestTimeout: string;
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The cluster that flags and environment name, or undefined where nothing names one. Nothing is asked yet, but the
 * client is loaded, which takes its time: only for those who will ask.
 */
export async function connectCluster(
	{ kubeconfig, context, requestTimeout }: ClusterAddress,
	env: Environment,
): Promise<Result<Cluster | undefined>> {
	const found = findKubeconfig(kubeconfig, env);
	const timeout = parseDuration(requestTimeout, "--request-timeout", 1);
	const problems = all<unknown>([found, timeout]);
	if (!problems.ok || !found.ok || !timeout.ok) {
		return problems.ok ? ok(undefined) : problems;
	}
	const source = found.value;
	if (source.kind === "none") {
		return ok(undefined);
	}
	const { readKubeconfig } = await import("./read-kubeconfig.ts");
	const { openCluster } = await import("./open-cluster.ts");
	const config = readKubeconfig(source, context);
	return config.ok ? ok(openCluster(config.value, timeout.value)) : config;
}
