import type { Problem } from "../domain/problem.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { JsonObject } from "./json.ts";
import type { Skip } from "./skip.ts";

/** What became of a pod. */
export type PodOutcome =
	| {
			readonly kind: "injected";
			readonly pod: JsonObject;
			readonly policy: RedirectPolicy;
			/** What was done as asked but may not be what is wanted. */
			readonly warnings: readonly string[];
	  }
	| { readonly kind: "skipped"; readonly skip: Skip }
	| { readonly kind: "refused"; readonly problems: readonly Problem[] };
