import type { InjectConfig } from "../inject/config.ts";
import { injectPod } from "../inject/inject-pod.ts";
import { jsonPatch } from "../inject/json-patch.ts";
import type { Annotations } from "../policy/annotations.ts";
import type { AdmissionAnswer } from "./admission.ts";
import type { AdmissionRequest } from "./review.ts";

/** Injects new pods. Whatever else a webhook configuration sends here is let through. */
export function admitPod(
	request: AdmissionRequest,
	config: InjectConfig,
	namespace: Annotations,
): AdmissionAnswer {
	if (!isNewPod(request)) {
		return {
			kind: "skipped",
			code: "not-a-new-pod",
			reason: "only pods that are being created are injected",
		};
	}
	const outcome = injectPod({ pod: request.object, config, namespace, whenUnannotated: "skip" });
	switch (outcome.kind) {
		case "injected":
			return { kind: "injected", patch: jsonPatch(request.object, outcome.pod), warnings: outcome.warnings };
		case "skipped":
			return { kind: "skipped", ...outcome.skip };
		case "refused":
			return outcome;
	}
}

function isNewPod({ operation, group, version, kind, subResource }: AdmissionRequest): boolean {
	return operation === "CREATE" && group === "" && version === "v1" && kind === "Pod" && subResource === "";
}
