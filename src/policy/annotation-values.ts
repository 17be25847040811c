import type { Problem, Result } from "../domain/problem.ts";
import type { ConfigKeyName } from "./annotation-keys.ts";
import { type ItemForm, parseList } from "./annotation-list.ts";
import { findConfig, type Scope } from "./annotations.ts";

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
