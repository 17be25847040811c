import { hostname } from "node:os";
import {
	ApiException,
	CoreV1Api,
	EventsV1Api,
	type EventsV1Event,
	type KubeConfig,
	type V1ConfigMap,
	V1MicroTime,
	type V1Namespace,
	Watch,
} from "@kubernetes/client-node";
import { err, ok, type Result } from "../domain/problem.ts";
import type { ObjectChange, ObjectSource } from "../kube/follow-objects.ts";
import { clientConfiguration } from "../kube/open-cluster.ts";
import { readKubeconfig } from "../kube/read-kubeconfig.ts";
import { watchObjects } from "../kube/watch-objects.ts";
import type { Cluster, ConfigMap, Namespace, NamespaceChange, NamespaceList, ObjectName } from "./cluster.ts";
import type { EventNote } from "./events.ts";
import { withTimeout } from "./with-timeout.ts";

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
		return read.ok ? read : err(...read.problems.map((problem) => ({ ...problem, accepted })));
	}
	// Without it the client would make an address of what is undefined.
	return process.env["KUBERNETES_SERVICE_HOST"] === undefined
		? err({
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
		listNamespaces: () => withTimeout(listTimeoutMs, listAll(core).catch(rethrow)),
		watchNamespaces: (resourceVersion, onChange, signal) =>
			watchObjects<V1Namespace>({
				...{ watch, path: "/api/v1/namespaces", resourceVersion, signal },
				onChange: (change) => onChange(changeOf(change)),
			}),
		readNamespace: (name) => readOne(core, name).catch(rethrow),
		configMap: (name) => configMapSource(core, watch, name),
		createEvent: async (note) => {
			const { namespace } = note.regarding;
			await events.createNamespacedEvent({ namespace, body: eventOf(note) }).catch(rethrow);
		},
	};
}

/** Rights to one object by its name are rights to list and watch it, if that is all that is asked for (RBAC's `resourceNames`). */
function configMapSource(
	core: CoreV1Api,
	watch: Watch,
	{ namespace, name }: ObjectName,
): ObjectSource<ConfigMap> {
	const fieldSelector = `metadata.name=${name}`;
	const path = `/api/v1/namespaces/${namespace}/configmaps`;
	return {
		list: async () => {
			const listed = core.listNamespacedConfigMap({ namespace, fieldSelector }).catch(rethrow);
			const { items, metadata } = await withTimeout(listTimeoutMs, listed);
			return { items: items.map(configMapOf), resourceVersion: metadata?.resourceVersion ?? "" };
		},
		watch: (resourceVersion, onChange, signal) =>
			watchObjects<V1ConfigMap>({
				...{ watch, path, fieldSelector, resourceVersion, signal },
				onChange: (change) =>
					onChange(change.kind === "bookmark" ? change : { ...change, object: configMapOf(change.object) }),
			}),
	};
}

function configMapOf({ data = {} }: V1ConfigMap): ConfigMap {
	return { data };
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

function namespaceOf({ metadata }: V1Namespace): Namespace {
	return { name: metadata?.name ?? "", annotations: metadata?.annotations ?? {} };
}

function changeOf(change: ObjectChange<V1Namespace>): NamespaceChange {
	const { kind, resourceVersion } = change;
	switch (kind) {
		case "set":
			return { kind, namespace: namespaceOf(change.object), resourceVersion };
		case "deleted":
			return { kind, name: namespaceOf(change.object).name, resourceVersion };
		case "bookmark":
			return { kind, resourceVersion };
	}
}

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
function eventOf({ reason, note, regarding }: EventNote): EventsV1Event {
	const { apiVersion, kind, name, namespace, uid } = regarding;
	return {
		metadata: { generateName: `${stemOf(name)}-`, namespace },
		eventTime: new V1MicroTime(),
		reportingController: "shunt.dev/injector",
		// Of a pod its name, which fits: both end at 128 characters or before.
		reportingInstance: hostname().slice(0, 128),
		action: "Inject",
		reason,
		regarding: { apiVersion, kind, name, namespace, ...(uid === undefined ? {} : { uid }) },
		note: note.slice(0, 1024),
		type: "Normal",
	};
}

/**
 * Room for what the server appends: names end at 253 characters. It also wants a name in front of that, while a pod's
 * own may be cut behind a dot, or be the stem of a generated one and end with a dash.
 */
function stemOf(name: string): string {
	return name.slice(0, 200).replace(/[-.]+$/, "");
}
