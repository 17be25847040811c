import type { Problem } from "../domain/problem.ts";
import type { PatchOperation } from "../inject/json-patch.ts";
import type { Annotations } from "../policy/annotations.ts";
import type { AdmissionRequest } from "./review.ts";

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
