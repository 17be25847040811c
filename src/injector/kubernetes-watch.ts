import type { V1Namespace, V1Status, Watch } from "@kubernetes/client-node";
import { type Cluster, type Namespace, type NamespaceChange, VersionGone } from "./cluster.ts";

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
export function watchNamespaces({ watch, resourceVersion, onChange, signal }: Watching): Promise<void> {
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

export function namespaceOf({ metadata }: V1Namespace): Namespace {
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
