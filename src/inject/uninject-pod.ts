import type { JsonObject } from "./json.ts";
import { readRecord } from "./record.ts";
import { removeLinkerds } from "./remove-linkerds.ts";
import { removeByName, removeByRecord } from "./remove-own.ts";

export interface Uninjected {
	readonly pod: JsonObject;
	/** What went, for the report; nothing where the pod is as it was. */
	readonly removed: readonly string[];
}

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
