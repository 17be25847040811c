import { injectAnnotation } from "../domain/annotation-keys.ts";
import { type Annotations, findConfig, scopesOf } from "../domain/annotations.ts";
import { fail, ok, type Result } from "../domain/problem.ts";
import type { InjectConfig } from "../inject/config.ts";
import { annotationsOf, isObject, type Json, type JsonObject, objectAt } from "../inject/json.ts";
import { valueAt } from "../inject/path.ts";
import { shapeProblems } from "../inject/pod-shape.ts";
import { skipReason } from "../inject/skip.ts";
import { labelOf, type Target } from "../inject/workload.ts";
import { type AnnotatedPod, annotatedPod, stampedPod } from "./annotated-pod.ts";
import { flagRules } from "./flags-subject.ts";
import { type InitContainer, initContainersOf } from "./init-containers.ts";
import { podNotes } from "./pod-notes.ts";
import type { OriginOf } from "./provisions.ts";
import { senderOf } from "./sender.ts";
import type { Rules, Subject } from "./subject.ts";

/** What holds for the pods of a manifest besides what they say themselves. */
export interface Surroundings {
	readonly config: InjectConfig;
	/** What a key of the values that no annotation overrides comes from. */
	readonly defaultOrigin: (value: string) => string;
	/** Annotations of the namespaces that are among the manifests, by name. */
	readonly namespaces: ReadonlyMap<string, Annotations>;
}

/** The pod that an object makes: undefined where it makes none. */
export function podOf({ object, podPath }: Target): Json | undefined {
	return podPath === undefined ? undefined : (valueAt(object, podPath) ?? null);
}

/**
 * One for each container that programs rules; otherwise one, for what the annotations say. Mistakes are reported under
 * the object's name.
 */
export function workloadSubjects(target: Target, surroundings: Surroundings): Result<readonly Subject[]> {
	const pod = podOf(target);
	const result = isObject(pod) ? podSubjects(target, pod, surroundings) : fail(...shapeProblems(pod ?? null));
	return result.ok
		? result
		: fail(
				...result.problems.map((problem) => ({
					...problem,
					source: `${labelOf(target)}: ${problem.source}`,
				})),
			);
}

function podSubjects(
	target: Target,
	pod: JsonObject,
	surroundings: Surroundings,
): Result<readonly Subject[]> {
	const problems = shapeProblems(pod);
	const containers = problems.length > 0 ? fail(...problems) : initContainersOf(pod);
	if (!containers.ok) {
		return containers;
	}
	if (containers.value.length > 0) {
		return fromContainers(target, pod, containers.value);
	}
	const found = fromAnnotations(target, pod, surroundings);
	if (!found.ok) {
		return found;
	}
	const { rules, source, notes } = found.value;
	return ok([subject({ label: labelOf(target), source, rules, notes }, pod)]);
}

function subject(of: Omit<Subject, "sender">, pod: JsonObject): Subject {
	return { ...of, notes: [...of.notes, ...podNotes(pod, of.rules)], sender: senderOf(pod) };
}

function fromContainers(
	target: Target,
	pod: JsonObject,
	containers: readonly InitContainer[],
): Result<readonly Subject[]> {
	const subjects: Subject[] = [];
	const naming = { noun: "argument ", also: askedBy(pod) };
	for (const { name, program } of containers) {
		const label = containers.length === 1 ? labelOf(target) : `${labelOf(target)} ${name}`;
		if (program.kind === "foreign") {
			const rules: Rules = { kind: "unknown", why: program.why };
			subjects.push(subject({ label, source: `init container ${name}`, rules, notes: [] }, pod));
			continue;
		}
		const read = flagRules(program.argv, "shunt init", naming);
		if (!read.ok) {
			return fail(
				...read.problems.map((problem) => ({
					...problem,
					source: `init container ${name}: ${problem.source}`,
				})),
			);
		}
		subjects.push(subject({ label, source: `arguments of init container ${name}`, ...read.value }, pod));
	}
	return ok(subjects);
}

/** The annotation that an injector made an argument of, as far as it still says so. */
function askedBy(pod: JsonObject): OriginOf {
	const [scope] = scopesOf(undefined, annotationsOf(pod)).slice(-1);
	return (key, item) => {
		const written = scope === undefined ? undefined : findConfig(scope, key);
		const value = written?.ok === true ? written.value : undefined;
		const items = value?.text.replace(/^\+/, "").split(",") ?? [];
		return items.some((text) => text.trim() === item) ? `, from ${value?.source}` : "";
	};
}

interface Found extends AnnotatedPod {
	readonly notes: readonly string[];
}

function fromAnnotations(target: Target, pod: JsonObject, surroundings: Surroundings): Result<Found> {
	const skip = skipReason(objectAt(pod, "spec"));
	if (skip !== undefined && !(skip.code in ownInjections)) {
		return ok(left(skip.code === "injected-by-istio" ? istios : untouched(skip.reason)));
	}
	const stamped = stampedPod(pod);
	if (stamped !== undefined) {
		return stamped.ok ? ok({ ...stamped.value, notes: [madeByPlugin] }) : stamped;
	}
	const namespace = surroundings.namespaces.get(target.namespace ?? "");
	return skip === undefined
		? uninjected(pod, namespace, surroundings)
		: injectedForPlugin(pod, namespace, surroundings);
}

/** Its injection is still to come. */
function uninjected(
	pod: JsonObject,
	namespace: Annotations | undefined,
	surroundings: Surroundings,
): Result<Found> {
	const found = annotatedPod(pod, { namespace, isInjected: false }, surroundings);
	return found.ok
		? ok({
				...found.value,
				notes: namespace === undefined && found.value.rules.kind === "plan" ? [unseenNamespace] : [],
			})
		: found;
}

function injectedForPlugin(
	pod: JsonObject,
	namespace: Annotations | undefined,
	surroundings: Surroundings,
): Result<Found> {
	const found = annotatedPod(pod, { namespace, isInjected: true }, surroundings);
	return found.ok ? ok({ ...found.value, notes: [madeByPlugin, pluginDefaults] }) : found;
}

/** Containers of ours or Linkerd's, but none that programs rules: the CNI plugin does. */
const ownInjections: Readonly<Record<string, true>> = {
	"injected-by-shunt": true,
	"injected-by-linkerd": true,
};

function left(rules: Rules): Found {
	return { source: "the pod's specification", rules, notes: [] };
}

function untouched(reason: string): Rules {
	return { kind: "none", why: `the pod is not redirected: ${reason}` };
}

const istios: Rules = {
	kind: "unknown",
	why: "Istio makes the rules, and only the running pod can tell them (shunt explain --pid)",
};

const madeByPlugin = "no container makes the rules: the node's CNI plugin does";

const pluginDefaults =
	"the CNI plugin has defaults of its own on each node; taken here are those of the values (--config), and a plugin of Linkerd's adds skip-inbound-ports to its list instead of replacing it";

const unseenNamespace = `its namespace is not among the manifests: this holds if the pod is injected (${injectAnnotation}: enabled on either) and the namespace says nothing else`;
