import { ApiException, CoreV1Api, EventsV1Api, type KubeConfig, Watch } from "@kubernetes/client-node";
import { ok, type Result } from "../domain/problem.ts";
import type { Cluster, Namespace, NamespaceList } from "./cluster.ts";
import { apiConfiguration, loadConfig } from "./kubernetes-client.ts";
import { eventOf } from "./kubernetes-event.ts";
import { namespaceOf } from "./kubernetes-namespace.ts";
import { watchNamespaces } from "./kubernetes-watch.ts";
import { within } from "./within.ts";

const listTimeoutMs = 60_000;
const pageSize = 500;

/** By a kubeconfig file, or what a pod's service account gives. Nobody is asked yet. */
export function connectCluster(kubeconfig: string | undefined): Result<Cluster> {
	const config = loadConfig(kubeconfig);
	return config.ok ? ok(clusterOf(config.value)) : config;
}

function clusterOf(config: KubeConfig): Cluster {
	const api = apiConfiguration(config);
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
