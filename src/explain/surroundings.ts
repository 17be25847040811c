import type { InjectConfig } from "../inject/config.ts";
import type { Annotations } from "../policy/annotations.ts";

/** What holds for the pods of a manifest besides what they say themselves. */
export interface Surroundings {
	readonly config: InjectConfig;
	/** What a key of the values that no annotation overrides comes from. */
	readonly defaultOrigin: (value: string) => string;
	/** Annotations of the namespaces that are among the manifests, by name. */
	readonly namespaces: ReadonlyMap<string, Annotations>;
}
