import { hostname } from "node:os";
import {
	ApiException,
	CoreV1Api,
	EventsV1Api,
	type EventsV1Event,
	type KubeConfig,
	V1MicroTime,
	type V1Namespace,
	type V1Status,
	Watch,
} from "@kubernetes/client-node";
import { err, ok, type Result } from "../domain/problem.ts";
import { clientConfiguration } from "../kube/open-cluster.ts";
import { readKubeconfig } from "../kube/read-kubeconfig.ts";
import {
	type Cluster,
	type Namespace,
	type NamespaceChange,
	type NamespaceList,
	VersionGone,
} from "./cluster.ts";
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

/** Ends before the five to ten minutes after which an API server ends a watch by itself. */
const watchSeconds = 290;

/** The server was to have ended it: what hangs longer has lost its connection without a word. */
const silentMs = (watchSeconds + 30) * 1000;

interface Watching {
	readonly watch: Watch;
	readonly resourceVersion: string;
	readonly onChange: Parameters<Cluster["watchNamespaces"]>[1];
	readonly signal: AbortSignal;
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
function watchNamespaces({ watch, resourceVersion, onChange, signal }: Watching): Promise<void> {
	const query = { resourceVersion, allowWatchBookmarks: true, timeoutSeconds: watchSeconds };
	return new Promise((resolve, reject) => {
		let controller: AbortController | undefined;
		let isOver = false;
		const abort = () => controller?.abort();
		const finish = (error: unknown) => {
			isOver = true;
			clearTimeout(silence);
			signal.removeEventListener("abort", abort);
			error ? reject(isGone(error) ? new VersionGone("the version is gone") : error) : resolve();
			// Last, for it comes back here with an error of its own.
			abort();
		};
		const onEvent = (phase: string, object: V1Namespace | V1Status) => {
			const change = phase === "ERROR" ? undefined : changeOf(phase, object as V1Namespace);
			if (phase === "ERROR") {
				finish(errorOf(object as V1Status));
			} else if (change !== undefined && !isOver) {
				// Lines may still be in a buffer when somebody else watches already.
				onChange(change);
			}
		};
		const silence = setTimeout(() => finish(new Error("the watch outlived its time")), silentMs).unref();
		signal.addEventListener("abort", abort);
		watch.watch("/api/v1/namespaces", query, onEvent, finish).then((started) => {
			controller = started;
			if (signal.aborted || isOver) {
				abort();
			}
		}, finish);
	});
}

function namespaceOf({ metadata }: V1Namespace): Namespace {
	return { name: metadata?.name ?? "", annotations: metadata?.annotations ?? {} };
}

function changeOf(phase: string, object: V1Namespace): NamespaceChange | undefined {
	const resourceVersion = object.metadata?.resourceVersion ?? "";
	switch (phase) {
		case "ADDED":
		case "MODIFIED":
			return { kind: "set", namespace: namespaceOf(object), resourceVersion };
		case "DELETED":
			return { kind: "deleted", name: namespaceOf(object).name, resourceVersion };
		case "BOOKMARK":
			return { kind: "bookmark", resourceVersion };
		default:
			return undefined;
	}
}

/** In the stream it comes as an event, before it as the status of the HTTP answer. */
function errorOf({ code, message }: V1Status): Error {
	return Object.assign(new Error(message ?? "the watch failed"), { statusCode: code });
}

function isGone(error: unknown): boolean {
	return error instanceof Error && "statusCode" in error && error.statusCode === 410;
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
