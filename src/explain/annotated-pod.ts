import { fail, ok, type Result } from "../domain/problem.ts";
import { annotationsOf, type JsonObject, textAt } from "../inject/json.ts";
import { defaultsFor } from "../inject/redirection.ts";
import { redirectAnnotation } from "../policy/annotation-keys.ts";
import { type Annotations, scopesOf } from "../policy/annotations.ts";
import { resolvePodPolicy } from "../policy/pod-policy.ts";
import { parseStamp } from "../policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { annotationOrigins, type Inherited } from "./annotation-origin.ts";
import { provisionsOf } from "./provisions.ts";
import { rulesFor } from "./subject.ts";
import type { Surroundings } from "./surroundings.ts";
import type { ToldRules } from "./told-rules.ts";

/** What a pod's annotations come to, with where each part of it was said. */
export type AnnotatedPod = Omit<ToldRules, "notes">;

/** The policy that the injector stamped on the pod, if it did: nobody asks any further then. */
export function stampedPod(pod: JsonObject): Result<AnnotatedPod> | undefined {
	const stamp = textAt(annotationsOf(pod), redirectAnnotation);
	if (stamp === undefined || stamp.trim() === "") {
		return undefined;
	}
	const source = `annotation ${redirectAnnotation}`;
	const policy = parseStamp(stamp, source, (name) => textAt(annotationsOf(pod), name));
	return policy.ok
		? ok({
				source: `${source}, in which the injector left its decision`,
				rules: rulesFor(policy.value, () => source),
			})
		: policy;
}

/** Where a pod is, and how far. */
export interface PodContext {
	/** Undefined where its manifest is not at hand. */
	readonly namespace: Annotations | undefined;
	/** Then somebody found it to be wanted. */
	readonly isInjected: boolean;
}

/** As {@link resolvePodPolicy} decides. */
export function annotatedPod(
	pod: JsonObject,
	{ namespace, isInjected }: PodContext,
	{ config, defaultOrigin }: Surroundings,
): Result<AnnotatedPod> {
	const defaults = defaultsFor(pod, config);
	const annotations = annotationsOf(pod);
	const resolve = (of: { namespace: Annotations | undefined; pod: Annotations }) =>
		resolvePodPolicy({
			defaults,
			...of,
			whenUnannotated: isInjected || namespace === undefined ? "redirect" : "skip",
		});
	const resolved = resolve({ namespace, pod: annotations });
	if (resolved.kind === "refused") {
		return fail(...resolved.problems);
	}
	if (resolved.kind === "skip") {
		return ok({
			source: "annotations",
			rules: { kind: "none", why: `the pod is not redirected: ${resolved.reason}` },
		});
	}
	const fromNamespace = resolvePodPolicy({ defaults, namespace, pod: {}, whenUnannotated: "redirect" });
	const { policy, settings } = resolved;
	const originOf = annotationOrigins({
		scopes: scopesOf(namespace, annotations),
		before: [
			itemsOf(defaults.policy),
			itemsOf(fromNamespace.kind === "redirect" ? fromNamespace.policy : defaults.policy),
		],
		defaultOrigin,
		reserved: [
			{ key: "control-port", value: "proxy.ports.control", port: `${settings.controlPort}` },
			{ key: "admin-port", value: "proxy.ports.admin", port: `${settings.adminPort}` },
		],
	});
	return ok({ source: "annotations", rules: rulesFor(policy, originOf, config.mode) });
}

function itemsOf(policy: RedirectPolicy): Inherited {
	const items = new Set<string>();
	provisionsOf(policy, (key, item) => {
		items.add(`${key} ${item}`);
		return "";
	});
	return (key, item) => items.has(`${key} ${item}`);
}
