import { all, err, ok, type Problem, type Result } from "../domain/problem.ts";
import { injectAnnotation, linkerdInjectAnnotation } from "./annotation-keys.ts";
import { findAnnotation, type Scope, type Written } from "./annotations.ts";

/** A pod that is left alone. */
export interface NotRedirected {
	readonly kind: "skip";
	readonly code: "disabled" | "not-enabled";
	readonly reason: string;
}

type Decision =
	| { readonly kind: "redirect" }
	| NotRedirected
	| { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** The pod's own word counts more than its namespace's. */
export function injectDecision(scopes: readonly Scope[], whenUnannotated: "redirect" | "skip"): Decision {
	const words = all(scopes.map(readWord));
	if (!words.ok) {
		return { kind: "refused", problems: words.problems };
	}
	const word = words.value.findLast((candidate) => candidate !== undefined);
	if (word?.enabled ?? whenUnannotated === "redirect") {
		return { kind: "redirect" };
	}
	return word === undefined
		? notEnabled
		: { kind: "skip", code: "disabled", reason: `${word.source} says so` };
}

const notEnabled: NotRedirected = {
	kind: "skip",
	code: "not-enabled",
	reason: `neither the pod nor its namespace has ${injectAnnotation}: enabled`,
};

interface Word {
	readonly source: string;
	readonly enabled: boolean;
}

function readWord(scope: Scope): Result<Word | undefined> {
	const written = findAnnotation(scope, [injectAnnotation, linkerdInjectAnnotation]);
	if (!written.ok || written.value === undefined) {
		return written.ok ? ok(undefined) : written;
	}
	return parseWord(written.value);
}

/** Linkerd also has `ingress`, which is about how its proxy routes; redirection is the same. */
function parseWord({ source, text }: Written): Result<Word> {
	const isLinkerds = source.endsWith(linkerdInjectAnnotation);
	if (text === "enabled" || (isLinkerds && text === "ingress")) {
		return ok({ source, enabled: true });
	}
	return text === "disabled"
		? ok({ source: `${source}: ${text}`, enabled: false })
		: err({
				source,
				value: text,
				complaint: "is not known",
				accepted: isLinkerds ? "enabled, disabled or ingress" : "enabled or disabled",
			});
}
