import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, VersionGone } from "./cluster.ts";
import type { NamespaceCache } from "./namespace-cache.ts";

export interface Following {
	readonly cluster: Cluster;
	readonly cache: NamespaceCache;
	readonly signal: AbortSignal;
	readonly failed: (error: unknown) => void;
	/** Tests do not want to wait. */
	readonly pauses?: { readonly leastMs: number; readonly mostMs: number };
}

const usualPauses = { leastMs: 200, mostMs: 30_000 };

/** Where the next attempt begins, and how long it waits. */
interface Position {
	/** Undefined where everything has to be listed first. */
	version: string | undefined;
	pauseMs: number;
}

/**
 * List, then watch from there, for as long as the program runs. A watch that ends goes on from the last version seen;
 * after an error there is a pause that doubles each time, since an API server that is in trouble needs rest.
 * What is known stays in use meanwhile.
 */
export async function followNamespaces(following: Following): Promise<void> {
	const { signal, failed, pauses = usualPauses } = following;
	const position: Position = { version: undefined, pauseMs: pauses.leastMs };
	while (!signal.aborted) {
		try {
			await listAndWatch(following, position);
			position.pauseMs = pauses.leastMs;
		} catch (error) {
			if (signal.aborted) {
				return;
			}
			failed(error);
			position.version = error instanceof VersionGone ? undefined : position.version;
			position.pauseMs = Math.min(position.pauseMs * 2, pauses.mostMs);
		}
		// Also after a regular end: a server, or what stands before it, may end every watch at once.
		await rest(position.pauseMs, signal);
	}
}

async function listAndWatch(
	{ cluster, cache, signal, pauses = usualPauses }: Following,
	position: Position,
): Promise<void> {
	if (position.version === undefined) {
		const found = await cluster.listNamespaces();
		cache.replace(found);
		position.version = found.resourceVersion;
	}
	await cluster.watchNamespaces(
		position.version,
		(change) => {
			cache.apply(change);
			position.version = change.resourceVersion;
			position.pauseMs = pauses.leastMs;
		},
		signal,
	);
}

/** Up to a quarter more, so that the replicas of a deployment do not come back in step. */
async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
	const spread = milliseconds * (1 + Math.random() / 4);
	await sleep(spread, undefined, { signal, ref: false }).catch(() => undefined);
}
