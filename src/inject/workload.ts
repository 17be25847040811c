import type { Problem } from "../domain/problem.ts";
import { injectAnnotation } from "../policy/annotation-keys.ts";
import { type ForeignKind, foreignKinds, podsLookalike, type TemplatePath } from "./foreign-kinds.ts";
import { get, isArray, isObject, type Json, type JsonObject, objectAt, textAt } from "./json.ts";
import { type Path, valueAt } from "./path.ts";
import { notA } from "./pod-shape.ts";

/** An object of a manifest, and where the pod is that it makes; one for each pod template of an object that has several. */
export interface Target {
	/** From the document's root to the object, through lists. */
	readonly path: Path;
	readonly object: JsonObject;
	readonly apiVersion: string;
	readonly kind: string;
	readonly name: string;
	readonly namespace: string | undefined;
	/** From the object to what has a pod's metadata and spec; undefined for objects that make no pods. */
	readonly podPath: Path | undefined;
	/** Whether the object has more templates than this one. */
	readonly isOneOfSeveral?: boolean;
	/** Why containers cannot be added to its template, only annotations. */
	readonly annotateOnly?: string | undefined;
	/** Why an object that makes pods is left as it is; it has no `podPath` then. */
	readonly passedOver?: string;
	/** Of an object that is no object of Kubernetes': kubectl refuses the file that it is in. It has no `podPath` then. */
	readonly problems?: readonly Problem[];
}

type Found = Pick<Target, "podPath" | "isOneOfSeveral" | "annotateOnly" | "passedOver" | "problems">;

const template: Path = ["spec", "template"];
const applications = {
	Deployment: template,
	StatefulSet: template,
	DaemonSet: template,
	ReplicaSet: template,
};

/** Kubernetes' own, by API group, since a "Job" of another group is something else. */
const podPaths: Readonly<Record<string, Readonly<Record<string, Path>>>> = {
	"": { Pod: [], ReplicationController: template, PodTemplate: ["template"] },
	apps: applications,
	batch: { Job: template, CronJob: ["spec", "jobTemplate", ...template] },
	// Where `apps` came from; no API server takes it since 1.16, but manifests have it.
	extensions: applications,
};

/** The objects of a document: itself, or what a List holds, however deep. */
export function targetsOf(value: Json, path: Path = [], inherited?: Type): Target[] {
	if (!isObject(value)) {
		return [];
	}
	const type = typeOf(value, inherited);
	const items = get(value, "items");
	if (!type.kind.endsWith("List") || items === undefined) {
		return foundIn(value, type).map((found) => targetOf(value, { path, type, found }));
	}
	const problems = itemsProblems(items);
	const list = targetOf(value, { path, type, found: { podPath: undefined, problems } });
	return [
		...(problems.length > 0 ? [list] : []),
		...(isArray(items) ? items : []).flatMap((item, index) =>
			targetsOf(item, [...path, "items", index], itemType(type)),
		),
	];
}

/** Of a list that kubectl would not take apart (decodeToList in apimachinery's unstructured package). */
function itemsProblems(items: Json): Problem[] {
	if (!isArray(items)) {
		return [notA("items", items, "a list")];
	}
	return items.flatMap((item, index) => (isObject(item) ? [] : [notA(`items[${index}]`, item, "an object")]));
}

interface Type {
	readonly apiVersion: string;
	readonly kind: string;
}

function typeOf(object: JsonObject, inherited: Type | undefined): Type {
	const kind = textAt(object, "kind");
	const apiVersion = textAt(object, "apiVersion");
	return kind === undefined && inherited !== undefined
		? inherited
		: { apiVersion: apiVersion ?? "", kind: kind ?? "" };
}

/**
 * An item of a typed list need not say what it is: as kubectl takes it (decodeToList in apimachinery's unstructured
 * package), a DeploymentList's is a Deployment. A List says nothing of its items.
 */
function itemType({ apiVersion, kind }: Type): Type | undefined {
	return kind === "List" ? undefined : { apiVersion, kind: kind.slice(0, -"List".length) };
}

function targetOf(
	object: JsonObject,
	{ path, type, found }: { readonly path: Path; readonly type: Type; readonly found: Found },
): Target {
	const metadata = objectAt(object, "metadata");
	return {
		path,
		object,
		...type,
		name: textAt(metadata, "name") ?? textAt(metadata, "generateName") ?? "",
		namespace: textAt(metadata, "namespace"),
		...found,
	};
}

function foundIn(object: JsonObject, { apiVersion, kind }: Type): Found[] {
	const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
	const podPath = entry(podPaths, group, kind);
	if (podPath !== undefined) {
		return [{ podPath }];
	}
	const foreign = entry(foreignKinds, group, kind);
	if (foreign !== undefined) {
		return foundInForeign(object, foreign);
	}
	const place = isKubernetesOwn(group) ? undefined : podsLookalike(object);
	return place === undefined
		? [{ podPath: undefined }]
		: [
				passedOver(
					`how ${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind} of ${group} makes pods is not known here; ${advice(`among its pods' annotations (see ${place})`)}`,
				),
			];
}

function entry<T>(
	table: Readonly<Record<string, Readonly<Record<string, T>>>>,
	group: string,
	kind: string,
): T | undefined {
	const kinds = Object.hasOwn(table, group) ? table[group] : undefined;
	return kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

/** None of the other kinds in these groups makes pods. */
function isKubernetesOwn(group: string): boolean {
	return (
		group === "" ||
		Object.hasOwn(podPaths, group) ||
		["policy", "autoscaling"].includes(group) ||
		(group.endsWith(".k8s.io") && !group.endsWith(".x-k8s.io"))
	);
}

function foundInForeign(object: JsonObject, kind: ForeignKind): Found[] {
	if ("annotationsAt" in kind) {
		return [passedOver(`its pods are made from no pod template; ${advice(`at ${kind.annotationsAt}`)}`)];
	}
	if ("notItsPods" in kind) {
		return [passedOver(kind.notItsPods)];
	}
	const { templates, annotateOnly, insteadOf } = kind;
	const paths = templates.flatMap((way) => expand(object, way));
	if (paths.length > 0) {
		return paths.map((podPath) => ({ podPath, annotateOnly, isOneOfSeveral: paths.length > 1 }));
	}
	return insteadOf !== undefined && valueAt(object, insteadOf.split(".")) !== undefined
		? [passedOver(`its pods are made from the workload that ${insteadOf} names`)]
		: [passedOver("it has no pod template")];
}

/** Where a template is. */
function expand(object: JsonObject, way: TemplatePath): Path[] {
	return way
		.reduce<Path[]>(
			(paths, step) =>
				step === "*"
					? paths.flatMap((path) => stepsBelow(valueAt(object, path)).map((below) => [...path, below]))
					: paths.map((path) => [...path, step]),
			[[]],
		)
		.filter((path) => isObject(valueAt(object, path)));
}

function stepsBelow(value: Json | undefined): (string | number)[] {
	return isArray(value) ? [...value.keys()] : Object.keys(isObject(value) ? value : {});
}

function passedOver(why: string): Found {
	return { podPath: undefined, passedOver: why };
}

function advice(place: string): string {
	return `set ${injectAnnotation}: enabled ${place}, or on the namespace`;
}

/** As kubectl names objects: `deployment/web`. */
export function labelOf({ kind, name, podPath = [], isOneOfSeveral = false }: Target): string {
	const label = `${kind === "" ? "object" : kind.toLowerCase()}/${name === "" ? "unnamed" : name}`;
	return isOneOfSeveral ? `${label} (${podPath.join(".")})` : label;
}

export function isNamespace({ apiVersion, kind }: Target): boolean {
	return apiVersion === "v1" && kind === "Namespace";
}
