import type { PlainValue } from "../../chart/index.ts";
import type { StoredRelease } from "../chart/stored-release.ts";
import type { NamespaceOwner } from "../cluster/release-namespace.ts";

/** An installed release, wherever it was read. */
export interface Installed {
	/** Undefined where it cannot be read and need not be (`--reset-values`). */
	readonly store: StoredRelease | undefined;
	/** What the cluster says it is. */
	readonly kubeVersion?: string;
	/** What the namespace is to the release, where a cluster was asked. */
	readonly namespaceOwner?: NamespaceOwner;
	/** The Secret with the injector's certificate of that name, as the API has it. */
	secret(name: string): Promise<PlainValue | undefined>;
}
