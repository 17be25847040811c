import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fail, ok, type Result } from "../domain/problem.ts";

/** Where the way to a cluster is written down, in the order in which kubectl looks. */
export type KubeconfigSource =
	| { readonly kind: "files"; readonly files: readonly string[] }
	/** In a pod, with its service account. */
	| { readonly kind: "pod" }
	| { readonly kind: "none" };

/**
 * `--kubeconfig`, else what KUBECONFIG lists, else ~/.kube/config, else the pod's own. As for kubectl, a file that
 * KUBECONFIG lists may be missing and one that the flag names may not. Loads no client.
 */
export function findKubeconfig(
	flag: string | undefined,
	env: Readonly<Record<string, string | undefined>>,
): Result<KubeconfigSource> {
	if (flag !== undefined) {
		return existsSync(flag)
			? ok({ kind: "files", files: [flag] })
			: fail({
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
