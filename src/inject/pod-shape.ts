import type { Problem } from "../domain/problem.ts";
import { get, isArray, isObject, type Json, type JsonObject, objectAt } from "./json.ts";

/**
 * Whether what we read and change in a pod has the form it should have. Everything else is for the API server to
 * judge.
 */
export function shapeProblems(pod: Json): Problem[] {
	if (!isObject(pod)) {
		return [notA("pod", pod, "an object")];
	}
	const parts = [
		...(["metadata", "spec"] as const).flatMap((key) => objectProblem(pod, key, key)),
		...(["annotations", "labels"] as const).flatMap((key) =>
			objectProblem(objectAt(pod, "metadata"), key, `metadata.${key}`),
		),
	];
	return [
		...parts,
		...["containers", "initContainers", "ephemeralContainers", "volumes"].flatMap((key) =>
			listProblems(objectAt(pod, "spec"), key),
		),
	];
}

function objectProblem(parent: JsonObject, key: string, source: string): Problem[] {
	const value = get(parent, key);
	return value === undefined || isObject(value) ? [] : [notA(source, value, "an object")];
}

function listProblems(spec: JsonObject, key: string): Problem[] {
	const value = get(spec, key) ?? [];
	if (!isArray(value)) {
		return [notA(`spec.${key}`, value, "a list")];
	}
	return value.flatMap((item, index) =>
		isObject(item) ? [] : [notA(`spec.${key}[${index}]`, item, "an object")],
	);
}

/** The problem of something that is to be `accepted`, such as "a list". */
export function notA(source: string, value: Json, accepted: string): Problem {
	return { source, value: JSON.stringify(value).slice(0, 80), complaint: "has the wrong form", accepted };
}
