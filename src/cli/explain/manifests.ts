import { all, err, ok, type Problem, type Result } from "../../domain/problem.ts";
import type { ReleaseContext, Subject } from "../../explain/subject.ts";
import { podOf, workloadSubjects } from "../../explain/workload-subjects.ts";
import type { Json } from "../../inject/json.ts";
import { valueAt } from "../../inject/path.ts";
import { labelOf, type Target, targetsOf } from "../../inject/workload.ts";
import { type ManifestDocument, parseDocuments } from "../../yaml/documents.ts";
import { readConfig, readInputs } from "../inject/inputs.ts";
import { namespacesIn } from "../inject/namespaces.ts";
import type { ManifestIo } from "../io.ts";
import type { Source } from "./options.ts";

type Manifests = Extract<Source, { readonly kind: "manifests" }>;

/** Every object of the manifests that makes pods, or the one that was asked for. */
export function manifestSubjects(source: Manifests, io: ManifestIo): Result<readonly Subject[]> {
	const config = readConfig(source.config, io);
	const documents = readDocuments(source.paths, io);
	if (!config.ok || !documents.ok) {
		return err(...(config.ok ? [] : config.problems), ...(documents.ok ? [] : documents.problems));
	}
	const surroundings: ReleaseContext = {
		config: config.value,
		defaultOrigin: defaultOrigin(source.config, io),
		namespaces: namespacesIn(documents.value),
	};
	const targets = wantedTargets(documents.value, source);
	return targets.ok ? explainEach(targets.value, surroundings) : targets;
}

function explainEach(targets: readonly Target[], surroundings: ReleaseContext): Result<readonly Subject[]> {
	const subjects = all(targets.map((target) => workloadSubjects(target, surroundings)));
	return subjects.ok ? ok(subjects.value.flat()) : subjects;
}

function readDocuments(paths: readonly string[], io: ManifestIo): Result<readonly ManifestDocument[]> {
	const inputs = readInputs(paths, io);
	if (!inputs.ok) {
		return inputs;
	}
	const parsed = inputs.value.map(({ text, name }) => parseDocuments(text, name));
	const problems = parsed.flatMap((file) => file.problems);
	return problems.length > 0 ? err(...problems) : ok(parsed.flatMap((file) => file.documents));
}

function wantedTargets(
	documents: readonly ManifestDocument[],
	{ object, paths }: Manifests,
): Result<readonly Target[]> {
	const found = documents.flatMap(({ value }) => targetsOf(value));
	const problems = found.flatMap((target) =>
		(target.problems ?? []).map((problem) => within(target, problem)),
	);
	if (problems.length > 0) {
		return err(...problems);
	}
	const all = found.filter((target) => podOf(target) !== undefined);
	if (all.length === 0) {
		return err({
			source: paths.join(", "),
			complaint: "makes no pods",
			accepted:
				"a Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job or CronJob",
		});
	}
	const wanted = object === undefined ? all : all.filter((target) => labelOf(target) === lowerKind(object));
	return wanted.length > 0 ? ok(wanted) : err(noSuchObject(object ?? "", all));
}

function within(target: Target, problem: Problem): Problem {
	return { ...problem, source: `${labelOf(target)}: ${problem.source}` };
}

/** `Deployment/web` is `deployment/web` to kubectl; names keep their case. */
function lowerKind(object: string): string {
	return object.replace(/^[^/]+/, (kind) => kind.toLowerCase());
}

function noSuchObject(object: string, all: readonly Target[]): Problem {
	return {
		source: "--object",
		value: object,
		complaint: "is not among the manifests",
		accepted: `one of ${all.map(labelOf).join(", ")}`,
	};
}

/** Where a value comes from that no annotation overrides: the file, if it says it, else what a release has anyway. */
function defaultOrigin(path: string | undefined, io: ManifestIo): (value: string) => string {
	const values: Json =
		path === undefined ? {} : (parseDocuments(io.readFile(path), path).documents[0]?.value ?? {});
	return (value) =>
		valueAt(values, value.split(".")) === undefined ? `default of ${value}` : `${value} in ${path}`;
}
