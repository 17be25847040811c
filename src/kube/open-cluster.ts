import type { KubeConfig } from "@kubernetes/client-node";
import { clientConfiguration } from "./client-configuration.ts";
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
		api: (type) => new type(clientConfiguration(config, timeoutMs)),
		ask: (request) => request.catch(rethrow),
		find: (request) => request.catch((error) => (isNotFound(error) ? undefined : rethrow(error))),
	};
}
