import { all, fail, ok, type Result } from "../domain/problem.ts";
import { isObject, type Json, type JsonObject } from "../inject/json.ts";
import { valueAt } from "../inject/path.ts";
import { shapeProblems } from "../inject/pod-shape.ts";
import { labelOf, type Target } from "../inject/workload.ts";
import { annotationRules } from "./annotation-rules.ts";
import { containerRules } from "./container-rules.ts";
import { initContainersOf } from "./init-containers.ts";
import { podNotes } from "./pod-notes.ts";
import { senderOf } from "./sender.ts";
import type { ManifestRules, ReleaseContext, Subject } from "./subject.ts";

/** The pod that an object makes: undefined where it makes none. */
export function podOf({ object, podPath }: Target): Json | undefined {
	return podPath === undefined ? undefined : (valueAt(object, podPath) ?? null);
}

/**
 * One for each container that makes rules; otherwise one, for what the annotations say. Mistakes are reported under the
 * object's name.
 */
export function workloadSubjects(target: Target, context: ReleaseContext): Result<readonly Subject[]> {
	const pod = podOf(target);
	const shape = shapeProblems(pod ?? null);
	const result = shape.length > 0 || !isObject(pod) ? fail(...shape) : podSubjects(target, pod, context);
	return result.ok ? result : fail(...result.problems.map((problem) => under(labelOf(target), problem)));
}

function under<T extends { readonly source: string }>(label: string, problem: T): T {
	return { ...problem, source: `${label}: ${problem.source}` };
}

function podSubjects(target: Target, pod: JsonObject, context: ReleaseContext): Result<readonly Subject[]> {
	const containers = initContainersOf(pod);
	if (!containers.ok) {
		return containers;
	}
	const label = labelOf(target);
	const isOne = containers.value.length === 1;
	const subjects = containers.value.map((container) =>
		subjectOf(isOne ? label : `${label} ${container.name}`, pod, containerRules(pod, container)),
	);
	const namespace = context.namespaces.get(target.namespace ?? "");
	return all(
		subjects.length > 0 ? subjects : [subjectOf(label, pod, annotationRules(pod, namespace, context))],
	);
}

function subjectOf(label: string, pod: JsonObject, told: Result<ManifestRules>): Result<Subject> {
	if (!told.ok) {
		return told;
	}
	const { source, rules, notes } = told.value;
	return ok({ label, source, rules, notes: [...notes, ...podNotes(pod, rules)], sender: senderOf(pod) });
}
