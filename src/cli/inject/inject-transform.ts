import type { InjectConfig } from "../../inject/config.ts";
import { wishesOfOthers } from "../../inject/existing-sidecar.ts";
import { injectPod } from "../../inject/inject-pod.ts";
import { annotationsOf, type Json } from "../../inject/json.ts";
import { shapeProblems } from "../../inject/pod-shape.ts";
import { closedReason } from "../../inject/skip.ts";
import { annotate, annotatePod, upgradePod } from "../../inject/upgrade-pod.ts";
import { isNamespace, type Target } from "../../inject/workload.ts";
import { configPrefix, injectAnnotation, isReadHere } from "../../policy/annotation-keys.ts";
import type { Annotations } from "../../policy/annotations.ts";
import { resolvePodPolicy } from "../../policy/pod-policy.ts";
import { podOf, type Transform, type Transformed, withPod } from "./transform.ts";

interface InjectOptions {
	/** Everything that the webhook would do, instead of asking it to. */
	readonly manual: boolean;
	readonly config: InjectConfig;
	readonly set: Readonly<Record<string, string>>;
	/** Of the namespaces that are among the manifests. */
	readonly namespaces: ReadonlyMap<string, Annotations>;
}

export function injectTransform(options: InjectOptions): Transform {
	return (target) => {
		if (isNamespace(target)) {
			return options.manual ? { verdict: "passed" } : transformNamespace(target, options);
		}
		const pod = podOf(target);
		const obstacle = obstacleOf(target, pod, options);
		if (obstacle !== undefined) {
			return { verdict: "skipped", detail: obstacle };
		}
		return pod === undefined ? { verdict: "passed" } : transformWorkload(target, pod, options);
	};
}

/** Why an object that makes pods is left as it is. */
function obstacleOf(target: Target, pod: Json | undefined, { manual }: InjectOptions): string | undefined {
	const own = target.passedOver ?? (manual ? target.annotateOnly : undefined);
	return own ?? (pod === null ? "it has no pod template" : undefined);
}

/** A namespace's annotations are its pods' to inherit, so they have to be as right as a pod's own. */
function transformNamespace({ object }: Target, { config, set }: InjectOptions): Transformed {
	const shape = shapeProblems(object);
	if (shape.length > 0) {
		return { verdict: "refused", problems: shape };
	}
	const closed = closedReason(object);
	if (closed !== undefined) {
		return { verdict: "skipped", detail: closed };
	}
	const resolved = resolvePodPolicy({
		defaults: config.defaults,
		namespace: undefined,
		pod: { ...annotationsOf(object), ...set },
		whenUnannotated: "redirect",
	});
	if (resolved.kind !== "redirect") {
		return resolved.kind === "skip"
			? { verdict: "skipped", detail: resolved.reason }
			: { verdict: "refused", problems: resolved.problems };
	}
	const annotated = annotate(object, { [injectAnnotation]: "enabled", ...set });
	const warnings = wishesOfOthers(object);
	return annotated === object
		? { verdict: "unchanged", detail: "annotated already", warnings }
		: { verdict: "annotated", object: annotated, warnings };
}

function transformWorkload(target: Target, pod: Json, options: InjectOptions): Transformed {
	const namespace = options.namespaces.get(target.namespace ?? "");
	const outcome = upgradePod(
		{
			pod,
			config: options.config,
			set: options.set,
			whenUnannotated: "redirect",
			...(namespace === undefined ? {} : { namespace }),
		},
		options.manual ? injectPod : annotatePod,
	);
	switch (outcome.kind) {
		case "skipped":
			return { verdict: "skipped", detail: outcome.skip.reason };
		case "refused":
			return { verdict: "refused", problems: outcome.problems };
		case "injected":
			return {
				...(outcome.pod === pod
					? { verdict: "unchanged", detail: "annotated already" }
					: { verdict: verdictOf(options, outcome.wasInjected), object: withPod(target, outcome.pod) }),
				warnings: [...outcome.warnings, ...misplaced(target)],
			};
	}
}

/** A common slip, with nothing to show for it. */
function misplaced({ object, podPath = [] }: Target): string[] {
	const names = Object.keys(annotationsOf(object)).filter(
		(name) => isReadHere(name) || name.startsWith(configPrefix),
	);
	return podPath.length === 0
		? []
		: names.map((name) => `annotation ${name} says nothing here: it belongs on the pod template`);
}

function verdictOf({ manual }: InjectOptions, wasInjected: boolean) {
	if (!manual) {
		return "annotated";
	}
	return wasInjected ? "upgraded" : "injected";
}
