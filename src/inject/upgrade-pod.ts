import { injectAnnotation, injectedAnnotation, redirectAnnotation } from "../policy/annotation-keys.ts";
import { deepEqual } from "./deep-equal.ts";
import { type InjectRequest, injectPod, type PodOutcome } from "./inject-pod.ts";
import { annotationsOf, isObject, type JsonObject, objectAt, objectsAt, textAt } from "./json.ts";
import { ownContainers } from "./names.ts";
import { shapeProblems } from "./pod-shape.ts";
import { formatRecord, readRecord, recordOf, setAnnotations } from "./record.ts";
import { removeByName, removeByRecord, uninjectPod } from "./uninject-pod.ts";

/** An injection, or an injection anew. */
type Upgraded = PodOutcome & { readonly wasInjected: boolean };

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

/** Leaves the work to the webhook: sets the annotations that ask for it, if it would do it. */
export function annotatePod(request: InjectRequest): PodOutcome {
	return injectPod({ ...request, whenUnannotated: "redirect" }, (pod) =>
		annotate(pod, { [injectAnnotation]: "enabled", ...request.set }),
	);
}

/**
 * An annotation that uninjection takes out again by its name needs no record, and people commit such files; only where
 * that would not lead back to the original is a record kept.
 */
export function annotate(object: JsonObject, set: Readonly<Record<string, string>>): JsonObject {
	const { pod: annotated, changes } = setAnnotations(object, set);
	if (annotated === object || deepEqual(uninjectPod(annotated).pod, object)) {
		return annotated;
	}
	const record = recordOf(object, { volumes: [], annotations: changes });
	return setAnnotations(annotated, { [injectedAnnotation]: formatRecord(record) }).pod;
}
