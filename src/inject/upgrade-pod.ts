import { injectedAnnotation, redirectAnnotation } from "../policy/annotation-keys.ts";
import type { InjectRequest } from "./inject-pod.ts";
import { annotationsOf, isObject, type JsonObject, objectAt, objectsAt, textAt } from "./json.ts";
import { ownContainers } from "./names.ts";
import type { PodOutcome } from "./outcome.ts";
import { shapeProblems } from "./pod-shape.ts";
import { readRecord } from "./record.ts";
import { removeByName, removeByRecord } from "./remove-own.ts";

/** An injection, or an injection anew. */
export type Upgraded = PodOutcome & { readonly wasInjected: boolean };

/**
 * Injects a pod that may carry an older injection of ours: that goes first, its settings stay unless `set` says
 * otherwise.
 */
export function upgradePod(request: InjectRequest, inject: (request: InjectRequest) => PodOutcome): Upgraded {
	const { pod } = request;
	if (!isObject(pod) || shapeProblems(pod).length > 0 || !isInjected(pod)) {
		return { ...inject(request), wasInjected: false };
	}
	const record = readRecord(pod);
	const bare = record === undefined ? removeByName(pod, { settings: false }) : removeByRecord(pod, record);
	const names = [...(record?.annotations.added ?? []), ...Object.keys(record?.annotations.replaced ?? {})];
	const kept = names.filter(isNoStamp).flatMap((name) => {
		const value = textAt(annotationsOf(pod), name);
		return value === undefined ? [] : [[name, value] as const];
	});
	const set = { ...Object.fromEntries(kept), ...request.set };
	return { ...inject({ ...request, pod: bare.pod, set }), wasInjected: true };
}

function isNoStamp(name: string): boolean {
	return name !== redirectAnnotation && name !== injectedAnnotation;
}

function isInjected(pod: JsonObject): boolean {
	const spec = objectAt(pod, "spec");
	return (
		readRecord(pod) !== undefined ||
		[...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")].some((container) =>
			ownContainers.includes(textAt(container, "name") ?? ""),
		)
	);
}
