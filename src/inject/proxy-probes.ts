import type { ProxyConfig } from "./config.ts";
import { compact, type JsonObject } from "./json.ts";

/**
 * How the kubelet asks a proxy how it is. A native sidecar also has a startup probe: the containers after it are
 * started only once that succeeds, so that they find their network working.
 */
export function probeFields(proxy: ProxyConfig, adminPort: number, nativeSidecar: boolean): JsonObject {
	const { readinessPath, livenessPath } = proxy.kind === "custom" ? proxy : ownPaths;
	// After a startup probe there is nothing left to wait for.
	const delay = (seconds: number): JsonObject => (nativeSidecar ? {} : { initialDelaySeconds: seconds });
	return compact({
		livenessProbe: probe(livenessPath, adminPort, delay(10)),
		readinessProbe: probe(readinessPath, adminPort, delay(2)),
		startupProbe: nativeSidecar
			? probe(readinessPath, adminPort, { failureThreshold: 120, periodSeconds: 1 })
			: undefined,
	});
}

const ownPaths = { readinessPath: "/ready", livenessPath: "/live" } as const;

function probe(path: string | undefined, port: number, timing: JsonObject): JsonObject | undefined {
	return path === undefined ? undefined : { httpGet: { path, port }, ...timing };
}
