import { fail, ok, type Result } from "../domain/problem.ts";
import { annotationsOf, type JsonObject, textAt } from "../inject/json.ts";
import { defaultsFor } from "../inject/pod-defaults.ts";
import { type ConfigKeyName, redirectAnnotation } from "../policy/annotation-keys.ts";
import { type Annotations, findConfig, type Scope, scopesOf } from "../policy/annotations.ts";
import { type FieldKey, fieldOf } from "../policy/fields.ts";
import { resolvePodPolicy } from "../policy/pod-policy.ts";
import { parseStamp } from "../policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { type OriginOf, policySources, rulesFor } from "./policy-sources.ts";
import type { ManifestRules, ReleaseContext } from "./subject.ts";

/** What a pod's annotations come to, with where each part of it was said. */
export type AnnotatedPod = Omit<ManifestRules, "notes">;

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
	{ config, defaultOrigin }: ReleaseContext,
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
	policySources(policy, (key, item) => {
		items.add(`${key} ${item}`);
		return "";
	});
	return (key, item) => items.has(`${key} ${item}`);
}

interface OriginRequest {
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
type Inherited = (key: FieldKey, item: string) => boolean;

/** Follows an item back through the pod's annotations and its namespace's to where it was said. */
function annotationOrigins({ scopes, before, defaultOrigin, reserved }: OriginRequest): OriginOf {
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
