import { get, isArray, isObject, type Json, type JsonObject, objectAt, textAt } from "./json.ts";
import type { Path } from "./path.ts";

/** An object of a manifest, and where the pod is that it makes. */
export interface Target {
	/** From the document's root to the object, through lists. */
	readonly path: Path;
	readonly object: JsonObject;
	readonly kind: string;
	readonly name: string;
	readonly namespace: string | undefined;
	/** From the object to what has a pod's metadata and spec; undefined for objects that make no pods. */
	readonly podPath: Path | undefined;
}

/** Kinds by API group, since a "Job" of another group is something else. */
const podPaths: Readonly<Record<string, Readonly<Record<string, Path>>>> = {
	"": { Pod: [], ReplicationController: ["spec", "template"] },
	apps: {
		Deployment: ["spec", "template"],
		StatefulSet: ["spec", "template"],
		DaemonSet: ["spec", "template"],
		ReplicaSet: ["spec", "template"],
	},
	batch: { Job: ["spec", "template"], CronJob: ["spec", "jobTemplate", "spec", "template"] },
};

/** The objects of a document: itself, or what a List holds, however deep. */
export function targetsOf(value: Json, path: Path = []): Target[] {
	if (!isObject(value)) {
		return [];
	}
	const items = get(value, "items");
	return isList(value) && isArray(items)
		? items.flatMap((item, index) => targetsOf(item, [...path, "items", index]))
		: [targetOf(value, path)];
}

function isList(object: JsonObject): boolean {
	return textAt(object, "apiVersion") === "v1" && textAt(object, "kind") === "List";
}

function targetOf(object: JsonObject, path: Path): Target {
	const metadata = objectAt(object, "metadata");
	return {
		path,
		object,
		kind: textAt(object, "kind") ?? "",
		name: textAt(metadata, "name") ?? textAt(metadata, "generateName") ?? "",
		namespace: textAt(metadata, "namespace"),
		podPath: podPathOf(textAt(object, "apiVersion") ?? "", textAt(object, "kind") ?? ""),
	};
}

function podPathOf(apiVersion: string, kind: string): Path | undefined {
	const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
	const kinds = Object.hasOwn(podPaths, group) ? podPaths[group] : undefined;
	return kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

/** As kubectl names objects: `deployment/web`. */
export function labelOf({ kind, name }: Target): string {
	return `${kind === "" ? "object" : kind.toLowerCase()}/${name === "" ? "unnamed" : name}`;
}

export function isNamespace({ object, kind }: Target): boolean {
	return textAt(object, "apiVersion") === "v1" && kind === "Namespace";
}
