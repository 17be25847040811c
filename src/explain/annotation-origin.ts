import type { ConfigKeyName } from "../policy/annotation-keys.ts";
import { findConfig, type Scope } from "../policy/annotations.ts";
import { type FieldKey, fieldOf } from "../policy/fields.ts";
import type { OriginOf } from "./policy-sources.ts";

export interface OriginRequest {
	/** Namespace first, as {@link scopesOf} has them. */
	readonly scopes: readonly Scope[];
	/** What stood in a list before each scope had its say: `+` in front of a list adds to it. */
	readonly before: readonly Inherited[];
	/** What a key that no annotation sets comes from, such as `default of proxy.uid`. */
	readonly defaultOrigin: (value: string) => string;
	/** The proxy's own ports, which are always exempt, under the keys that set them. */
	readonly reserved: readonly {
		readonly key: ConfigKeyName;
		readonly value: string;
		readonly port: string;
	}[];
}

/** Whether an item is in a list. */
export type Inherited = (key: FieldKey, item: string) => boolean;

/** Follows an item back through the pod's annotations and its namespace's to where it was said. */
export function annotationOrigins({ scopes, before, defaultOrigin, reserved }: OriginRequest): OriginOf {
	const annotationFor = (key: ConfigKeyName, isInherited: (scope: number) => boolean): string | undefined => {
		for (const [index, scope] of [...scopes.entries()].reverse()) {
			const written = findConfig(scope, key);
			const text = written.ok ? written.value : undefined;
			if (text !== undefined && !(text.text.startsWith("+") && isInherited(index))) {
				return text.source;
			}
		}
		return undefined;
	};
	return (key, item) => {
		const own = key === "skip-inbound-ports" ? reserved.find(({ port }) => port === item) : undefined;
		if (own !== undefined) {
			const where = annotationFor(own.key, () => false) ?? defaultOrigin(own.value);
			return `the proxy's ${own.key.replace("-port", " port")}: ${where}`;
		}
		return (
			annotationFor(key, (scope) => before[scope]?.(key, item) === true) ??
			defaultOrigin(fieldOf(key).field.value)
		);
	};
}
