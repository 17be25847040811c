import type { ProxyConfig } from "./config.ts";
import { compact, type JsonObject } from "./json.ts";

/**
 * The init container asks for as much as the proxy: a pod's request is the larger of the two, so that it costs nothing
 * extra, and a namespace's quota may demand that every container asks for something.
 */
export function resourceFields(resources: ProxyConfig["resources"]): JsonObject {
	const fields = compact({
		limits: amounts({
			cpu: resources.cpuLimit,
			memory: resources.memoryLimit,
			"ephemeral-storage": resources.ephemeralStorageLimit,
		}),
		requests: amounts({
			cpu: resources.cpuRequest,
			memory: resources.memoryRequest,
			"ephemeral-storage": resources.ephemeralStorageRequest,
		}),
	});
	return Object.keys(fields).length > 0 ? { resources: fields } : {};
}

function amounts(given: Readonly<Record<string, string | undefined>>): JsonObject | undefined {
	const filled = compact(given);
	return Object.keys(filled).length > 0 ? filled : undefined;
}
