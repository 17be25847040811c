import { all, fail, ok, type Result } from "../domain/problem.ts";
import {
	annotationsOf,
	isObject,
	type Json,
	type JsonObject,
	objectAt,
	objectsAt,
	textAt,
} from "../inject/json.ts";
import { valueAt } from "../inject/path.ts";
import { shapeProblems } from "../inject/pod-shape.ts";
import { labelOf, type Target } from "../inject/workload.ts";
import { findConfig, scopesOf } from "../policy/annotations.ts";
import { annotationRules } from "./annotation-rules.ts";
import { flagRules } from "./flags-subject.ts";
import { type InitContainer, initContainersOf } from "./init-containers.ts";
import type { OriginOf } from "./policy-sources.ts";
import { identityOf, proxyOf, senderOf } from "./sender.ts";
import type { ManifestRules, ReleaseContext, Rules, Subject } from "./subject.ts";

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

/** Where a pod's containers and its rules disagree about who is the proxy. */
function podNotes(pod: JsonObject, rules: Rules): string[] {
	const uid = exemptUid(rules);
	if (uid === undefined) {
		return [];
	}
	const spec = objectAt(pod, "spec");
	const proxy = proxyOf(pod);
	const proxyUid = proxy === undefined ? undefined : identityOf(proxy, spec, "runAsUser");
	const others = [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")].filter(
		(container) => container !== proxy && identityOf(container, spec, "runAsUser") === uid,
	);
	return [
		...(proxy !== undefined && proxyUid !== undefined && proxyUid !== uid
			? [
					`${textAt(proxy, "name")} runs as uid ${proxyUid}, but the rules exempt uid ${uid}: its connections come back to it for ever`,
				]
			: []),
		...others.map(
			(container) =>
				`container ${textAt(container, "name") ?? "without a name"} runs as uid ${uid}, which is the proxy's: its outbound connections bypass the proxy`,
		),
	];
}

function exemptUid(rules: Rules): number | undefined {
	if (rules.kind !== "plan") {
		return undefined;
	}
	const selection = rules.sources.find(({ reason }) => reason === "ignore-proxy-user-id")?.selection;
	return selection?.kind === "uid" ? selection.ids[0].low : undefined;
}

/** The rules that an init container makes, as far as its arguments tell. */
function containerRules(pod: JsonObject, { name, program }: InitContainer): Result<ManifestRules> {
	if (program.kind === "foreign") {
		const rules = { kind: "unknown", why: program.why } as const;
		return ok({ source: `init container ${name}`, rules, notes: [] });
	}
	const read = flagRules(program.argv, "shunt init", { noun: "argument ", also: askedBy(pod) });
	if (!read.ok) {
		const problems = read.problems.map((problem) => ({
			...problem,
			source: `init container ${name}: ${problem.source}`,
		}));
		return fail(...problems);
	}
	const { mode, rules, notes } = read.value;
	return ok({ source: `arguments of init container ${name}, mode ${mode}`, rules, notes });
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
