import type { ContainerResources } from "../policy/container-resources.ts";
import { compact, type JsonObject } from "./json.ts";

export function resourceFields(resources: ContainerResources): JsonObject {
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
