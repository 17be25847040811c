import { injectAnnotation, injectedAnnotation } from "../policy/annotation-keys.ts";
import { deepEqual } from "./deep-equal.ts";
import { type InjectRequest, injectPod } from "./inject-pod.ts";
import type { JsonObject } from "./json.ts";
import type { PodOutcome } from "./outcome.ts";
import { formatRecord, recordOf } from "./record.ts";
import { setAnnotations } from "./set-annotations.ts";
import { uninjectPod } from "./uninject-pod.ts";

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
