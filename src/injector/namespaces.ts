import { followObjects } from "../kube/follow-objects.ts";
import type { Annotations } from "../policy/annotations.ts";
import type { Cluster, Namespace, NamespaceChange, NamespaceList } from "./cluster.ts";
import { withTimeout } from "./with-timeout.ts";

/** An API server waits ten seconds for a webhook by default. */
const lookupTimeoutMs = 3000;

/** Whoever asks about namespaces that do not exist must not make us a load on the API server. */
const maxLookups = 32;

/**
 * The annotations of all namespaces, kept up to date by a watch ({@link followNamespaces}), so that a review costs no call.
 * The first pod of a namespace can be quicker than the watch; then the namespace itself is asked for, as API servers
 * do in the same place (the NamespaceLifecycle admission plugin).
 */
export class NamespaceCache {
	readonly #read: Cluster["readNamespace"];
	readonly #known = new Map<string, Annotations>();
	readonly #lookups = new Map<string, Promise<Annotations>>();
	#synced = false;

	constructor(read: Cluster["readNamespace"]) {
		this.#read = read;
	}

	/** Whether all of them have been seen once. */
	get synced(): boolean {
		return this.#synced;
	}

	get size(): number {
		return this.#known.size;
	}

	annotationsOf(name: string): Annotations | Promise<Annotations> {
		return this.#known.get(name) ?? this.#lookups.get(name) ?? this.#lookUp(name);
	}

	replace({ namespaces }: NamespaceList): void {
		this.#known.clear();
		for (const namespace of namespaces) {
			this.#set(namespace);
		}
		this.#synced = true;
	}

	apply(change: NamespaceChange): void {
		if (change.kind === "set") {
			this.#set(change.namespace);
		} else if (change.kind === "deleted") {
			this.#known.delete(change.name);
		}
	}

	#set({ name, annotations }: Namespace): void {
		const { [lastApplied]: _, ...relevant } = annotations;
		this.#known.set(name, relevant);
	}

	/** Not remembered: what the watch says counts, and it could have said that the namespace is gone by now. */
	#lookUp(name: string): Promise<Annotations> {
		if (this.#lookups.size >= maxLookups) {
			return Promise.reject(new Error(`namespace ${name} is not known yet, and neither are many others`));
		}
		const lookup = this.#ask(name).finally(() => this.#lookups.delete(name));
		this.#lookups.set(name, lookup);
		return lookup;
	}

	async #ask(name: string): Promise<Annotations> {
		try {
			return (await withTimeout(lookupTimeoutMs, this.#read(name)))?.annotations ?? {};
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			throw new Error(`the annotations of namespace ${name} are not known: ${why}`);
		}
	}
}

/** The whole manifest once more, which on a thousand namespaces is memory for nothing. */
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

interface Following {
	readonly cluster: Cluster;
	readonly cache: NamespaceCache;
	readonly signal: AbortSignal;
	readonly failed: (error: unknown) => void;
	/** Tests do not want to wait. */
	readonly pauses?: { readonly leastMs: number; readonly mostMs: number };
}

/** For as long as the program runs. */
export function followNamespaces({ cluster, cache, ...following }: Following): Promise<void> {
	return followObjects({
		source: { list: cluster.listNamespaces, watch: cluster.watchNamespaces },
		replaced: (all) => cache.replace(all),
		changed: (change) => cache.apply(change),
		...following,
	});
}
