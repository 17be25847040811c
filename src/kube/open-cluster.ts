import {
	type Configuration,
	createConfiguration,
	type KubeConfig,
	type RequestContext,
	type ResponseContext,
	type SecurityAuthentication,
	ServerConfiguration,
} from "@kubernetes/client-node";
import type { Cluster } from "./cluster.ts";
import { ClusterError, clusterErrorOf, isNotFound } from "./cluster-error.ts";

/** Connects to nothing yet: each request does for itself, and gives up after so many milliseconds. */
export function openCluster(config: KubeConfig, timeoutMs: number): Cluster {
	const server = config.getCurrentCluster()?.server ?? "";
	const rethrow = (error: unknown): never => {
		throw clusterErrorOf(error, server);
	};
	return {
		server,
		api: (type) => new type(clientConfiguration(config, timeoutMs)),
		ask: (request) => request.catch(rethrow),
		find: (request) => request.catch((error) => (isNotFound(error) ? undefined : rethrow(error))),
	};
}

/**
 * What a client of @kubernetes/client-node is made with: as its `makeApiClient` has it, and every request is given up
 * after so many milliseconds. Where the credentials cannot be had, a request rejects with a {@link ClusterError}.
 */
export function clientConfiguration(config: KubeConfig, timeoutMs: number): Configuration {
	const server = config.getCurrentCluster()?.server ?? "";
	return createConfiguration({
		baseServer: new ServerConfiguration(server, {}),
		authMethods: { default: credentialsOf(config, server) },
		promiseMiddleware: [
			{
				pre: async (context: RequestContext) => {
					context.setSignal(AbortSignal.timeout(timeoutMs));
					return context;
				},
				post: async (context: ResponseContext) => context,
			},
		],
	});
}

/** Those of the kubeconfig, which may come from a file that is gone or from a program that fails. */
function credentialsOf(config: KubeConfig, server: string): SecurityAuthentication {
	return {
		getName: () => config.getName(),
		applySecurityAuthentication: async (context) => {
			try {
				await config.applySecurityAuthentication(context);
			} catch (error) {
				const [reason] = String(error instanceof Error ? error.message : error).split("\n", 1);
				throw new ClusterError("unauthorized", `there are no credentials for ${server}: ${reason}`, error);
			}
		},
	};
}
