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

/**
 * List, then watch from there, for as long as the program runs. A watch that ends goes on from the last version seen;
 * after an error there is a pause that doubles each time, since an API server that is in trouble needs rest.
 * What is known stays in use meanwhile.
 */
export async function followNamespaces(following: Following): Promise<void> {
	const { signal, failed, pauses = usualPauses } = following;
	let version: string | undefined;
	let pause = pauses.leastMs;
	while (!signal.aborted) {
		try {
			version ??= await list(following);
			version = await watch(following, version);
			pause = pauses.leastMs;
		} catch (error) {
			if (signal.aborted) {
				return;
			}
			version = error instanceof VersionGone ? undefined : latest(error, version);
			failed(error);
			pause = Math.min(pause * 2, pauses.mostMs);
		}
		// Also after a regular end: a server, or what stands before it, may end every watch at once.
		await rest(pause, signal);
	}
}

async function list({ cluster, cache }: Following): Promise<string> {
	const found = await cluster.listNamespaces();
	cache.replace(found);
	return found.resourceVersion;
}

/** Carries how far a watch came before it broke. */
class WatchBroken extends Error {
	readonly version: string;

	constructor(version: string, cause: unknown) {
		super(cause instanceof Error ? cause.message : String(cause), { cause });
		this.version = version;
	}
}

async function watch({ cluster, cache, signal }: Following, from: string): Promise<string> {
	let version = from;
	try {
		await cluster.watchNamespaces(
			from,
			(change) => {
				cache.apply(change);
				version = change.resourceVersion;
			},
			signal,
		);
		return version;
	} catch (error) {
		throw error instanceof VersionGone ? error : new WatchBroken(version, error);
	}
}

function latest(error: unknown, version: string | undefined): string | undefined {
	return error instanceof WatchBroken ? error.version : version;
}

/** Up to a quarter more, so that the replicas of a deployment do not come back in step. */
async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
	const spread = milliseconds * (1 + Math.random() / 4);
	await sleep(spread, undefined, { signal, ref: false }).catch(() => undefined);
}
