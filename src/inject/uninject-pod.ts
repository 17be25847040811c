import type { JsonObject } from "./json.ts";
import { readRecord } from "./record.ts";
import type { Uninjected } from "./removal.ts";
import { removeLinkerds } from "./remove-linkerds.ts";
import { removeByName, removeByRecord } from "./remove-own.ts";

/**
 * Takes everything of ours out of a pod. With the record of its injection, that is exactly what was added; without,
 * it is what bears our names, and what bears those of Linkerd.
 */
export function uninjectPod(pod: JsonObject): Uninjected {
	const record = readRecord(pod);
	if (record !== undefined) {
		return removeByRecord(pod, record);
	}
	const own = removeByName(pod, { settings: true });
	const linkerds = removeLinkerds(own.pod);
	return { pod: linkerds.pod, removed: [...own.removed, ...linkerds.removed] };
}
