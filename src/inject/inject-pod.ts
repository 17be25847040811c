import type { Problem } from "../domain/problem.ts";
import type { Annotations } from "../policy/annotations.ts";
import { resolvePodPolicy } from "../policy/pod-policy.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { InjectConfig } from "./config.ts";
import { insertContainers } from "./insert-containers.ts";
import { annotationsOf, isObject, type Json, type JsonObject } from "./json.ts";
import { shapeProblems } from "./pod-shape.ts";
import { mayBeTooLong, sizeProblems } from "./pod-size.ts";
import { defaultsFor, type Redirection, redirectionProblems } from "./redirection.ts";
import { resourceProblems } from "./resources.ts";
import { type Skip, skipReason } from "./skip.ts";
import { warningsFor } from "./warnings.ts";

export interface InjectRequest {
	/** A Pod, or a template: whatever has a pod's metadata and spec. */
	readonly pod: Json;
	readonly config: InjectConfig;
	readonly namespace?: Annotations;
	/** The webhook leaves such a pod alone; `shunt inject` was told to take it. */
	readonly whenUnannotated: "redirect" | "skip";
	/** Annotations to set first, as flags do. */
	readonly set?: Readonly<Record<string, string>>;
}

/**
 * Adds what redirection takes to a pod, or says why not. What does not change is shared with the original. Whoever only
 * wants to know says what else to do with a pod that would be injected.
 */
export function injectPod(
	{ pod, config, namespace, whenUnannotated, set = {} }: InjectRequest,
	insert: (pod: JsonObject, redirection: Redirection) => JsonObject = insertContainers,
): PodOutcome {
	const problems = shapeProblems(pod);
	if (problems.length > 0 || !isObject(pod)) {
		return { kind: "refused", problems };
	}
	const resolved = resolvePodPolicy({
		defaults: defaultsFor(pod, config),
		namespace,
		pod: { ...annotationsOf(pod), ...set },
		whenUnannotated,
	});
	const skip = resolved.kind === "skip" ? resolved : skipReason(pod);
	if (skip !== undefined) {
		return { kind: "skipped", skip: { code: skip.code, reason: skip.reason } };
	}
	if (resolved.kind !== "redirect") {
		return { kind: "refused", problems: resolved.kind === "refused" ? resolved.problems : [] };
	}
	const { policy } = resolved;
	const redirection = { config, policy, settings: resolved.settings, set };
	const obstacles = [...redirectionProblems(pod, redirection), ...resourceProblems(pod, redirection)];
	if (obstacles.length > 0) {
		return { kind: "refused", problems: obstacles };
	}
	const made = insert(pod, redirection);
	// Most pods are surely short enough, and need not be made for that alone.
	const isFinal = insert === insertContainers || !mayBeTooLong(pod, policy);
	const excess = sizeProblems(isFinal ? made : insertContainers(pod, redirection), redirection);
	return excess.length > 0
		? { kind: "refused", problems: excess }
		: {
				kind: "injected",
				pod: made,
				policy,
				warnings: [...resolved.warnings, ...warningsFor(pod, redirection)],
			};
}

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
