import {
	type Configuration,
	createConfiguration,
	KubeConfig,
	type RequestContext,
	type ResponseContext,
	ServerConfiguration,
} from "@kubernetes/client-node";

/** Of one request; a list has many pages. */
const requestTimeoutMs = 15_000;

/** Outside of a pod the client would make an address of what is undefined. */
export function loadConfig(kubeconfig: string | undefined): KubeConfig {
	const config = new KubeConfig();
	if (kubeconfig !== undefined) {
		config.loadFromFile(kubeconfig);
	} else if (process.env["KUBERNETES_SERVICE_HOST"] === undefined) {
		throw new Error("this is no pod, so --kubeconfig has to say how to reach the API server");
	} else {
		config.loadFromCluster();
	}
	return config;
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
