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
		api: (type) => new type(configurationOf(config, server, timeoutMs)),
		ask: (request) => request.catch(rethrow),
		find: (request) => request.catch((error) => (isNotFound(error) ? undefined : rethrow(error))),
	};
}

/** As `makeApiClient` has it, with the deadline. */
function configurationOf(config: KubeConfig, server: string, timeoutMs: number): Configuration {
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
