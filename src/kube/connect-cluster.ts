import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { parseDuration } from "../domain/duration.ts";
import { all, err, ok, type Result } from "../domain/problem.ts";
import type { Cluster } from "./cluster.ts";
import type { KubeconfigSource } from "./read-kubeconfig.ts";

/** How to reach a cluster, in kubectl's words. */
export interface ClusterAddress {
	readonly kubeconfig?: string;
	readonly context?: string;
	/** Of one request: `10s`. */
	readonly requestTimeout: string;
}

/** Environment variables. */
type Environment = Readonly<Record<string, string | undefined>>;

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

/**
 * `--kubeconfig`, else what KUBECONFIG lists, else ~/.kube/config, else the pod's own. As for kubectl, a file that
 * KUBECONFIG lists may be missing and one that the flag names may not. Loads no client.
 */
function findKubeconfig(
	flag: string | undefined,
	env: Readonly<Record<string, string | undefined>>,
): Result<KubeconfigSource> {
	if (flag !== undefined) {
		return existsSync(flag)
			? ok({ kind: "files", files: [flag] })
			: err({
					source: "--kubeconfig",
					value: flag,
					complaint: "does not exist",
					accepted: "a kubeconfig file",
				});
	}
	const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
	const home = join(env["HOME"] ?? homedir(), ".kube", "config");
	const files = (listed.length > 0 ? listed : [home]).filter((file) => existsSync(file));
	if (files.length > 0) {
		return ok({ kind: "files", files });
	}
	return ok({ kind: env["KUBERNETES_SERVICE_HOST"] === undefined ? "none" : "pod" });
}
