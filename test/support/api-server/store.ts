import { randomUUID } from "node:crypto";

export interface Metadata {
	name: string;
	namespace?: string;
	generateName?: string;
	uid?: string;
	resourceVersion?: string;
	creationTimestamp?: string;
	labels?: Record<string, string>;
	annotations?: Record<string, string>;
}

export interface ApiObject {
	apiVersion?: string;
	kind?: string;
	metadata: Metadata;
	[field: string]: unknown;
}

export interface StoredChange {
	readonly type: "ADDED" | "MODIFIED" | "DELETED";
	readonly collection: string;
	readonly object: ApiObject;
	readonly version: number;
}

/** Objects of all collections under one growing version, with the history that watches go on from: etcd, in short. */
export class Store {
	readonly #objects = new Map<string, Map<string, ApiObject>>();
	readonly #listeners = new Set<(change: StoredChange) => void>();
	#history: StoredChange[] = [];
	#version = 1000;
	#forgottenUntil = 0;

	get version(): number {
		return this.#version;
	}

	list(collection: string): ApiObject[] {
		return [...(this.#objects.get(collection)?.values() ?? [])];
	}

	get(collection: string, key: string): ApiObject | undefined {
		return this.#objects.get(collection)?.get(key);
	}

	/** Creates or replaces, as the server writes it: with a version, a uid and a time. */
	put(collection: string, given: ApiObject): ApiObject {
		const { generateName, name = `${generateName}${randomUUID().slice(0, 5)}` } = given.metadata;
		const before = this.get(collection, keyOf({ ...given.metadata, name }));
		this.#version += 1;
		const object: ApiObject = {
			...given,
			metadata: {
				...given.metadata,
				name,
				uid: before?.metadata.uid ?? randomUUID(),
				creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString(),
				resourceVersion: `${this.#version}`,
			},
		};
		const objects = this.#objects.get(collection) ?? new Map();
		this.#objects.set(collection, objects.set(keyOf(object.metadata), object));
		this.#tell({ type: before ? "MODIFIED" : "ADDED", collection, object, version: this.#version });
		return object;
	}

	delete(collection: string, key: string): ApiObject | undefined {
		const before = this.get(collection, key);
		if (before === undefined) {
			return undefined;
		}
		this.#version += 1;
		this.#objects.get(collection)?.delete(key);
		const object = { ...before, metadata: { ...before.metadata, resourceVersion: `${this.#version}` } };
		this.#tell({ type: "DELETED", collection, object, version: this.#version });
		return object;
	}

	/** What happened after that version, or undefined where it is forgotten (410 Gone). */
	since(version: number): readonly StoredChange[] | undefined {
		return version < this.#forgottenUntil
			? undefined
			: this.#history.filter((change) => change.version > version);
	}

	/** As etcd's compaction: every older version is gone. */
	compact(): void {
		this.#version += 1;
		this.#forgottenUntil = this.#version;
		this.#history = [];
	}

	listen(listener: (change: StoredChange) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#tell(change: StoredChange): void {
		this.#history.push(change);
		for (const listener of this.#listeners) {
			listener(change);
		}
	}
}

export function keyOf({ namespace, name }: { readonly namespace?: string; readonly name: string }): string {
	return `${namespace ?? ""}/${name}`;
}
