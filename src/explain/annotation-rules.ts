import { ok, type Result } from "../domain/problem.ts";
import type { JsonObject } from "../inject/json.ts";
import { skipReason } from "../inject/skip.ts";
import { injectAnnotation } from "../policy/annotation-keys.ts";
import type { Annotations } from "../policy/annotations.ts";
import { annotatedPod, stampedPod } from "./annotated-pod.ts";
import type { ManifestRules, ReleaseContext } from "./subject.ts";

/** The rules of a pod in which no container makes any. `namespace` is undefined where its manifest is not at hand. */
export function annotationRules(
	pod: JsonObject,
	namespace: Annotations | undefined,
	context: ReleaseContext,
): Result<ManifestRules> {
	const skip = skipReason(pod);
	if (skip !== undefined && !(skip.code in ownInjections)) {
		const rules = skip.code.startsWith("injected-by-") ? others(skip.reason) : untouched(skip.reason);
		return ok({ source: "the pod's specification", rules, notes: [] });
	}
	const stamped = stampedPod(pod);
	if (stamped !== undefined) {
		return stamped.ok ? ok({ ...stamped.value, notes: [madeByPlugin] }) : stamped;
	}
	const isInjected = skip !== undefined;
	const found = annotatedPod(pod, { namespace, isInjected }, context);
	if (!found.ok) {
		return found;
	}
	const isGuess = !isInjected && namespace === undefined && found.value.rules.kind === "plan";
	return ok({
		...found.value,
		notes: [...(isInjected ? [madeByPlugin, pluginDefaults] : []), ...(isGuess ? [unseenNamespace] : [])],
	});
}

/** Containers of ours or Linkerd's, but none that makes rules: the CNI plugin does. */
const ownInjections: Readonly<Record<string, true>> = {
	"injected-by-shunt": true,
	"injected-by-linkerd": true,
};

function untouched(reason: string) {
	return { kind: "none", why: `the pod is not redirected: ${reason}` } as const;
}

function others(reason: string) {
	const why = `${reason}: that makes the rules, and only the running pod can tell them (shunt explain --pid)`;
	return { kind: "unknown", why } as const;
}

const madeByPlugin = "no container makes the rules: the node's CNI plugin does";

const pluginDefaults =
	"the CNI plugin has defaults of its own on each node; taken here are those of the values (--config), and a plugin of Linkerd's adds skip-inbound-ports to its list instead of replacing it";

const unseenNamespace = `its namespace is not among the manifests: this holds if the pod is injected (${injectAnnotation}: enabled on either) and the namespace says nothing else`;
