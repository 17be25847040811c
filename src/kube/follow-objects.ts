import { setTimeout as sleep } from "node:timers/promises";

/** What a server lists. */
export interface Listed {
	/** Where watching goes on from. */
	readonly resourceVersion: string;
}

/** What a watch tells. */
export interface Change {
	/** A bookmark is nothing but a newer version to go on from. */
	readonly kind: "set" | "deleted" | "bookmark";
	readonly resourceVersion: string;
}

export interface ObjectList<T> extends Listed {
	readonly items: readonly T[];
}

export type ObjectChange<T> =
	| { readonly kind: "set" | "deleted"; readonly object: T; readonly resourceVersion: string }
	| { readonly kind: "bookmark"; readonly resourceVersion: string };

/** The server has forgotten that version (410): everything has to be listed again. */
export class VersionGone extends Error {
	override readonly name = "VersionGone";
}

export interface Source<L extends Listed, C extends Change> {
	list(): Promise<L>;
	/** Resolves when the server ends the watch. Rejects with {@link VersionGone} where it is too late for that version. */
	watch(resourceVersion: string, onChange: (change: C) => void, signal: AbortSignal): Promise<void>;
}

export type ObjectSource<T> = Source<ObjectList<T>, ObjectChange<T>>;

export interface Following<L extends Listed, C extends Change> {
	readonly source: Source<L, C>;
	/** All that there are, at the beginning and whenever the server has forgotten where we were. */
	readonly replaced: (all: L) => void;
	readonly changed: (change: Exclude<C, { readonly kind: "bookmark" }>) => void;
	readonly failed: (error: unknown) => void;
	readonly signal: AbortSignal;
	/** Tests do not want to wait. */
	readonly pauses?: { readonly leastMs: number; readonly mostMs: number } | undefined;
}

const usualPauses = { leastMs: 200, mostMs: 30_000 };

/** Where the next attempt begins, and how long it waits. */
interface Position {
	/** Undefined where everything has to be listed first. */
	version: string | undefined;
	pauseMs: number;
}

/**
 * List, then watch from there, until the signal. A watch that ends goes on from the last version seen; after an error there
 * is a pause that doubles each time, since an API server that is in trouble needs rest. What is known stays in use meanwhile.
 */
export async function followObjects<L extends Listed, C extends Change>(
	following: Following<L, C>,
): Promise<void> {
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
		// Up to a quarter more, so that the agents of a cluster, or the replicas of a deployment, do not come back in step.
		const spread = position.pauseMs * (1 + Math.random() / 4);
		await sleep(spread, undefined, { signal, ref: false }).catch(() => undefined);
	}
}

async function listAndWatch<L extends Listed, C extends Change>(
	{ source, replaced, changed, signal, pauses = usualPauses }: Following<L, C>,
	position: Position,
): Promise<void> {
	if (position.version === undefined) {
		const all = await source.list();
		replaced(all);
		position.version = all.resourceVersion;
	}
	await source.watch(
		position.version,
		(change) => {
			position.version = change.resourceVersion || position.version;
			position.pauseMs = pauses.leastMs;
			if (isNews(change)) {
				changed(change);
			}
		},
		signal,
	);
}

function isNews<C extends Change>(change: C): change is Exclude<C, { readonly kind: "bookmark" }> {
	return change.kind !== "bookmark";
}
