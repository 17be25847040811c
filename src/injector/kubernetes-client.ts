import {
	type Configuration,
	createConfiguration,
	type KubeConfig,
	type RequestContext,
	type ResponseContext,
	ServerConfiguration,
} from "@kubernetes/client-node";
import { readKubeconfig } from "../cli/cluster/read-kubeconfig.ts";
import { fail, type Result } from "../domain/problem.ts";

/** Of one request; a list has many pages. */
const requestTimeoutMs = 15_000;

/** The file that a flag names, and else what a pod has. */
export function loadConfig(kubeconfig: string | undefined): Result<KubeConfig> {
	if (kubeconfig !== undefined) {
		const read = readKubeconfig({ kind: "files", files: [kubeconfig] }, undefined);
		// There is no flag here that could choose another context.
		const accepted = "a kubeconfig file whose current context is complete";
		return read.ok ? read : fail(...read.problems.map((problem) => ({ ...problem, accepted })));
	}
	// Without it the client would make an address of what is undefined.
	return process.env["KUBERNETES_SERVICE_HOST"] === undefined
		? fail({
				source: "--kubeconfig",
				complaint: "is needed where this is no pod",
				accepted: "a kubeconfig file",
			})
		: readKubeconfig({ kind: "pod" }, undefined);
}

/** As `makeApiClient` has it, with the deadline. */
export function apiConfiguration(config: KubeConfig): Configuration {
	return createConfiguration({
		baseServer: new ServerConfiguration(config.getCurrentCluster()?.server ?? "", {}),
		authMethods: { default: config },
		promiseMiddleware: [deadline],
	});
}

/** Who waits gives up earlier; this gives the connection back, where a server takes requests and never answers. */
const deadline = {
	pre: async (context: RequestContext) => {
		context.setSignal(AbortSignal.timeout(requestTimeoutMs));
		return context;
	},
	post: async (context: ResponseContext) => context,
};
