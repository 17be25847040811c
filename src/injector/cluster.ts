import type { ObjectSource } from "../kube/follow-objects.ts";
import type { Annotations } from "../policy/annotations.ts";
import type { EventNote } from "./events.ts";

/** A namespace, as far as it matters here. */
export interface Namespace {
	readonly name: string;
	readonly annotations: Annotations;
}

export interface NamespaceList {
	readonly namespaces: readonly Namespace[];
	/** Where watching goes on from. */
	readonly resourceVersion: string;
}

export type NamespaceChange =
	| { readonly kind: "set"; readonly namespace: Namespace; readonly resourceVersion: string }
	| { readonly kind: "deleted"; readonly name: string; readonly resourceVersion: string }
	/** Nothing but a newer version to go on from. */
	| { readonly kind: "bookmark"; readonly resourceVersion: string };

/** A ConfigMap, as far as it matters here. */
export interface ConfigMap {
	readonly data: Readonly<Record<string, string>>;
}

export interface ObjectName {
	readonly namespace: string;
	readonly name: string;
}

/** What the injector wants of an API server: the port to it. */
export interface Cluster {
	listNamespaces(): Promise<NamespaceList>;
	/** Resolves when the server ends the watch. Rejects with VersionGone (kube/follow-objects.ts) where it is too late for that version. */
	watchNamespaces(
		resourceVersion: string,
		onChange: (change: NamespaceChange) => void,
		signal: AbortSignal,
	): Promise<void>;
	/** Undefined where there is none of that name. */
	readNamespace(name: string): Promise<Namespace | undefined>;
	/** The one of that name, and nothing where there is none. */
	configMap(name: ObjectName): ObjectSource<ConfigMap>;
	createEvent(note: EventNote): Promise<void>;
}
