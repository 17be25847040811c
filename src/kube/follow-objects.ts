import { setTimeout as sleep } from "node:timers/promises";

/** As far as following needs to know an object. */
export interface Followed {
	readonly metadata?: {
		readonly name?: string;
		readonly namespace?: string;
		readonly resourceVersion?: string;
	};
}

export interface ObjectList<T> {
	readonly items: readonly T[];
	/** Where watching goes on from. */
	readonly resourceVersion: string;
}

export type ObjectChange<T> =
	| { readonly kind: "set"; readonly object: T }
	| { readonly kind: "deleted"; readonly object: T }
	/** Nothing but a newer version to go on from. */
	| { readonly kind: "bookmark"; readonly object: Followed };

/** The server has forgotten that version (410): everything has to be listed again. */
export class VersionGone extends Error {
	override readonly name = "VersionGone";
}

export interface ObjectSource<T> {
	list(): Promise<ObjectList<T>>;
	/** Resolves when the server ends the watch. Rejects with {@link VersionGone} where it is too late for that version. */
	watch(
		resourceVersion: string,
		onChange: (change: ObjectChange<T>) => void,
		signal: AbortSignal,
	): Promise<void>;
}

export interface Following<T> {
	readonly source: ObjectSource<T>;
	/** All that there are, at the beginning and whenever the server has forgotten where we were. */
	readonly replaced: (items: readonly T[]) => void;
	readonly changed: (change: Exclude<ObjectChange<T>, { readonly kind: "bookmark" }>) => void;
	readonly failed: (error: unknown) => void;
	readonly signal: AbortSignal;
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
 * List, then watch from there, until the signal. A watch that ends goes on from the last version seen; after an error there
 * is a pause that doubles each time, since an API server that is in trouble needs rest.
 */
export async function followObjects<T extends Followed>(following: Following<T>): Promise<void> {
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
		// Up to a quarter more, so that the agents of a cluster do not come back in step.
		const spread = position.pauseMs * (1 + Math.random() / 4);
		await sleep(spread, undefined, { signal, ref: false }).catch(() => undefined);
	}
}

async function listAndWatch<T extends Followed>(
	{ source, replaced, changed, signal, pauses = usualPauses }: Following<T>,
	position: Position,
): Promise<void> {
	if (position.version === undefined) {
		const { items, resourceVersion } = await source.list();
		replaced(items);
		position.version = resourceVersion;
	}
	await source.watch(
		position.version,
		(change) => {
			position.version = change.object.metadata?.resourceVersion ?? position.version;
			position.pauseMs = pauses.leastMs;
			if (change.kind !== "bookmark") {
				changed(change);
			}
		},
		signal,
	);
}
