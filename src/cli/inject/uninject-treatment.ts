import { annotationsOf, isObject, type JsonObject } from "../../inject/json.ts";
import { shapeProblems } from "../../inject/pod-shape.ts";
import { readRecord } from "../../inject/record.ts";
import type { Uninjected } from "../../inject/removal.ts";
import { removeLinkerds } from "../../inject/remove-linkerds.ts";
import { removeByName } from "../../inject/remove-own.ts";
import { uninjectPod } from "../../inject/uninject-pod.ts";
import { isNamespace, type Target } from "../../inject/workload.ts";
import {
	injectAnnotation,
	injectedAnnotation,
	linkerdInjectAnnotation,
} from "../../policy/annotation-keys.ts";
import { podOf, type Treated, withPod } from "./transform.ts";

export function uninjectTreatment(target: Target): Treated {
	const pod = isNamespace(target) ? target.object : podOf(target);
	if (pod === undefined || pod === null) {
		return { verdict: "passed" };
	}
	const problems = shapeProblems(pod);
	if (problems.length > 0 || !isObject(pod)) {
		return { verdict: "refused", problems };
	}
	if (isNamespace(target)) {
		// Settings alone were there before: `inject --manual` leaves namespaces as they are.
		return treated(isWanted(pod) ? uninjectPod(pod) : { pod, removed: [] });
	}
	return uninject(target, pod);
}

function isWanted(namespace: JsonObject): boolean {
	return injectAnnotations.some((name) => Object.hasOwn(annotationsOf(namespace), name));
}

const injectAnnotations = [injectAnnotation, injectedAnnotation, linkerdInjectAnnotation];

/** Linkerd marks a workload's own metadata as well as its pods'; we do not, and so take nothing from there. */
function uninject(target: Target, pod: JsonObject): Treated {
	const inner = uninjectPod(pod);
	const changed = withPod(target, inner.pod);
	if (target.podPath?.length === 0 || carriesOurs(pod) || shapeProblems(changed).length > 0) {
		return treated({ pod: changed, removed: inner.removed });
	}
	const outer = removeLinkerds(changed);
	return treated({ pod: outer.pod, removed: [...inner.removed, ...outer.removed] });
}

function carriesOurs(pod: JsonObject): boolean {
	return readRecord(pod) !== undefined || removeByName(pod, { settings: true }).removed.length > 0;
}

function treated({ pod, removed }: Uninjected): Treated {
	return removed.length === 0
		? { verdict: "unchanged", detail: "nothing of a proxy in it" }
		: { verdict: "uninjected", detail: [...new Set(removed)].join(", "), object: pod };
}
