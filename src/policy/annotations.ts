import { fail, ok, type Result } from "../domain/problem.ts";
import { annotationNames, type ConfigKeyName } from "./annotation-keys.ts";

/** As they stand on an object. The API server takes only strings, but a file may hold anything. */
export type Annotations = Readonly<Record<string, unknown>>;

/** The annotations of one object, and how messages call its place. */
export interface Scope {
	readonly prefix: "annotation" | "namespace annotation";
	readonly annotations: Annotations;
}

/** Namespace first, so that what a pod says comes after and wins. */
export function scopesOf(namespace: Annotations | undefined, pod: Annotations): readonly Scope[] {
	return [
		{ prefix: "namespace annotation", annotations: namespace ?? {} },
		{ prefix: "annotation", annotations: pod },
	];
}

/** A value, and what to call the place that it came from. */
export interface Written {
	readonly source: string;
	readonly text: string;
}

export function findConfig(scope: Scope, key: ConfigKeyName): Result<Written | undefined> {
	return findAnnotation(scope, annotationNames(key));
}

/** The first of several names that has a value. An empty one counts as absent, as it does to Linkerd. */
export function findAnnotation(
	{ prefix, annotations }: Scope,
	names: readonly string[],
): Result<Written | undefined> {
	for (const name of names) {
		const value = Object.hasOwn(annotations, name) ? (annotations[name] ?? "") : "";
		if (typeof value !== "string") {
			return fail({
				source: `${prefix} ${name}`,
				value: JSON.stringify(value),
				complaint: "is not a string",
				accepted: "a string: put quotes around it",
			});
		}
		if (value.trim() !== "") {
			return ok({ source: `${prefix} ${name}`, text: value.trim() });
		}
	}
	return ok(undefined);
}
