import type { InjectConfig } from "../../inject/config.ts";
import { type JsonObject, objectsAt } from "../../inject/json.ts";
import type { Reading } from "./release.ts";

/** What a node is tried with. */
export interface ProbeTarget {
	readonly config: InjectConfig;
	/** The release's `imagePullSecrets`, for a private registry. */
	readonly pullSecrets: readonly JsonObject[];
}

/** Both parts of a release's ConfigMap together. */
export function probeTarget(
	config: Reading<InjectConfig>,
	values: Reading<JsonObject>,
): Reading<ProbeTarget> {
	if (config.kind !== "read") {
		return config;
	}
	const pullSecrets = values.kind === "read" ? objectsAt(values.value, "imagePullSecrets") : [];
	return { kind: "read", value: { config: config.value, pullSecrets } };
}
