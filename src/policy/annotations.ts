import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { annotationNames, type ConfigKeyName } from "./annotation-keys.ts";
import { type ItemForm, parseList } from "./field.ts";

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
			return err({
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

/**
 * Reads one key after the other, from the namespace and then from the pod, and remembers every mistake. A value is
 * checked wherever it stands, also where another one overrides it.
 */
export class AnnotationValues {
	readonly problems: Problem[] = [];
	readonly #scopes: readonly Scope[];

	constructor(scopes: readonly Scope[]) {
		// Each key is asked for in each of them, and most pods have none.
		this.#scopes = scopes.filter(({ annotations }) =>
			Object.keys(annotations).some((name) => name.startsWith("config.")),
		);
	}

	one<T>(key: ConfigKeyName, parse: (text: string, source: string) => Result<T>): T | undefined;
	one<T>(key: ConfigKeyName, parse: (text: string, source: string) => Result<T>, inherited: T): T;
	one<T>(
		key: ConfigKeyName,
		parse: (text: string, source: string) => Result<T>,
		inherited?: T,
	): T | undefined {
		return this.#fold(key, inherited, (text, source) => parse(text, source));
	}

	/** What `+` adds to is the default, for a pod with what its namespace made of it. */
	list<T>(key: ConfigKeyName, form: ItemForm<T>, inherited: readonly T[]): readonly T[] {
		return this.#fold<readonly T[]>(key, inherited, (text, source, before) =>
			parseList(text, source, form, before),
		);
	}

	#fold<T>(
		key: ConfigKeyName,
		inherited: T,
		read: (text: string, source: string, before: T) => Result<T>,
	): T {
		return this.#scopes.reduce((before, scope) => {
			const written = this.#settle(findConfig(scope, key));
			return written === undefined
				? before
				: (this.#settle(read(written.text, written.source, before)) ?? before);
		}, inherited);
	}

	#settle<T>(result: Result<T>): T | undefined {
		if (result.ok) {
			return result.value;
		}
		this.problems.push(...result.problems);
		return undefined;
	}
}
