import { ApiException, CoreV1Api, EventsV1Api, type KubeConfig, Watch } from "@kubernetes/client-node";
import { fail, ok, type Result } from "../domain/problem.ts";
import { clientConfiguration } from "../kube/client-configuration.ts";
import { readKubeconfig } from "../kube/read-kubeconfig.ts";
import type { Cluster, Namespace, NamespaceList } from "./cluster.ts";
import { eventOf } from "./kubernetes-event.ts";
import { namespaceOf, watchNamespaces } from "./kubernetes-watch.ts";
import { within } from "./within.ts";

/** Who waits gives up earlier; this gives the connection back, where a server takes requests and never answers. */
const requestTimeoutMs = 15_000;
/** A list has many pages. */
const listTimeoutMs = 60_000;
const pageSize = 500;

/** By a kubeconfig file, or what a pod's service account gives. Nobody is asked yet. */
export function connectCluster(kubeconfig: string | undefined): Result<Cluster> {
	const config = loadConfig(kubeconfig);
	return config.ok ? ok(clusterOf(config.value)) : config;
}

/** The file that a flag names, and else what a pod has. */
function loadConfig(kubeconfig: string | undefined): Result<KubeConfig> {
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

function clusterOf(config: KubeConfig): Cluster {
	const api = clientConfiguration(config, requestTimeoutMs);
	const [core, events] = [new CoreV1Api(api), new EventsV1Api(api)];
	const watch = new Watch(config);
	return {
		listNamespaces: () => within(listTimeoutMs, listAll(core).catch(rethrow)),
		watchNamespaces: (resourceVersion, onChange, signal) =>
			watchNamespaces({ watch, resourceVersion, onChange, signal }),
		readNamespace: (name) => readOne(core, name).catch(rethrow),
		createEvent: async (note) => {
			const { namespace } = note.regarding;
			await events.createNamespacedEvent({ namespace, body: eventOf(note) }).catch(rethrow);
		},
	};
}

async function listAll(core: CoreV1Api): Promise<NamespaceList> {
	const namespaces: Namespace[] = [];
	let resourceVersion = "";
	let next: string | undefined;
	do {
		const page = await core.listNamespace({ limit: pageSize, ...(next ? { _continue: next } : {}) });
		namespaces.push(...page.items.map(namespaceOf));
		resourceVersion = page.metadata?.resourceVersion ?? "";
		next = page.metadata?._continue;
	} while (next);
	return { namespaces, resourceVersion };
}

async function readOne(core: CoreV1Api, name: string): Promise<Namespace | undefined> {
	try {
		return namespaceOf(await core.readNamespace({ name }));
	} catch (error) {
		if (error instanceof ApiException && error.code === 404) {
			return undefined;
		}
		throw error;
	}
}

/** The client's message is the whole HTTP exchange, over many lines; a pod's author gets to see ours. */
function rethrow(error: unknown): never {
	throw error instanceof ApiException ? new Error(`the API server answered ${error.code}`) : error;
}
