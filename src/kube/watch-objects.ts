import type { V1Status, Watch } from "@kubernetes/client-node";
import { type ObjectChange, VersionGone } from "./follow-objects.ts";

/** Ends before the five to ten minutes after which an API server ends a watch by itself. */
const watchSeconds = 290;

/** The server was to have ended it: what hangs longer has lost its connection without a word. */
const silentMs = (watchSeconds + 30) * 1000;

interface Versioned {
	readonly metadata?: { readonly resourceVersion?: string };
}

export interface WatchRequest<T> {
	readonly watch: Watch;
	/** `/api/v1/pods` */
	readonly path: string;
	readonly fieldSelector?: string;
	readonly resourceVersion: string;
	readonly onChange: (change: ObjectChange<T>) => void;
	readonly signal: AbortSignal;
}

/**
 * One watch, as {@link ObjectSource} has it:
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function watchObjects<T>(request: WatchRequest<T>): Promise<void> {
	const { watch, path, fieldSelector, resourceVersion, onChange, signal } = request;
	const query = {
		resourceVersion,
		allowWatchBookmarks: true,
		timeoutSeconds: watchSeconds,
		...(fieldSelector === undefined ? {} : { fieldSelector }),
	};
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
		const onEvent = (phase: string, object: T | V1Status) => {
			const change = changeOf<T>(phase, object as T & Versioned);
			if (phase === "ERROR") {
				finish(errorOf(object as V1Status));
			} else if (change !== undefined && !isOver) {
				// Lines may still be in a buffer when somebody else watches already.
				onChange(change);
			}
		};
		const silence = setTimeout(() => finish(new Error("the watch outlived its time")), silentMs).unref();
		signal.addEventListener("abort", abort);
		watch.watch(path, query, onEvent, finish).then((started) => {
			controller = started;
			if (signal.aborted || isOver) {
				abort();
			}
		}, finish);
	});
}

function changeOf<T>(phase: string, object: T & Versioned): ObjectChange<T> | undefined {
	const resourceVersion = object.metadata?.resourceVersion ?? "";
	switch (phase) {
		case "ADDED":
		case "MODIFIED":
			return { kind: "set", object, resourceVersion };
		case "DELETED":
			return { kind: "deleted", object, resourceVersion };
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
