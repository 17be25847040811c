import type { Problem } from "../domain/problem.ts";
import type { InjectConfig } from "../inject/config.ts";
import { injectPod } from "../inject/inject-pod.ts";
import { jsonPatch, type PatchOperation } from "../inject/json-patch.ts";
import type { Annotations } from "../policy/annotations.ts";
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

/** What is said to a review that could be read. "No" and "not this one" carry their reason. */
export type AdmissionAnswer =
	| {
			readonly kind: "injected";
			readonly patch: readonly PatchOperation[];
			readonly warnings: readonly string[];
	  }
	/** Allowed as it is. The code is for metrics, the reason for people. */
	| { readonly kind: "skipped"; readonly code: string; readonly reason: string }
	/** The user has to change something. */
	| { readonly kind: "refused"; readonly problems: readonly Problem[] }
	/** We could not decide; letting the pod through would let its traffic around the proxy. */
	| { readonly kind: "failed"; readonly reason: string };

/** The decision itself: pure, so that it can be tested with a hundred thousand reviews. */
export type Admit = (request: AdmissionRequest, namespace: Annotations) => AdmissionAnswer;
