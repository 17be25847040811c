import { parseQuantity } from "../policy/annotation-quantity.ts";
import type { ContainerResources } from "../policy/container-resources.ts";
import type { ConfigSection } from "./config-section.ts";

/** In Linkerd's shape. */
export function readResources(section: ConfigSection): ContainerResources {
	const cpu = readPair(section.section("cpu"));
	const memory = readPair(section.section("memory"));
	const storage = readPair(section.section("ephemeral-storage"));
	return {
		cpuRequest: cpu.request,
		cpuLimit: cpu.limit,
		memoryRequest: memory.request,
		memoryLimit: memory.limit,
		ephemeralStorageRequest: storage.request,
		ephemeralStorageLimit: storage.limit,
	};
}

function readPair(section: ConfigSection) {
	return {
		request: section.parsed<string | undefined>("request", parseQuantity, undefined),
		limit: section.parsed<string | undefined>("limit", parseQuantity, undefined),
	};
}
