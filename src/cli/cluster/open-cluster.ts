import {
	type Configuration,
	createConfiguration,
	type KubeConfig,
	type RequestContext,
	type ResponseContext,
	ServerConfiguration,
} from "@kubernetes/client-node";
import type { Cluster } from "./cluster.ts";
import { clusterErrorOf, isNotFound } from "./cluster-error.ts";

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
		authMethods: { default: config },
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
