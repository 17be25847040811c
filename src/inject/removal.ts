import { type JsonObject, objectAt, objectsAt, textAt, without } from "./json.ts";
import type { InjectionRecord, Part } from "./record.ts";

/** What is to go from a pod. */
export interface Removal {
	readonly containers: readonly string[];
	readonly volumes: readonly string[];
	readonly isAnnotation: (name: string, value: string | undefined) => boolean;
	readonly isLabel?: (name: string) => boolean;
	/** How the parts stood before. Without it, one that is left empty goes too. */
	readonly was?: InjectionRecord["was"];
}

/** A pod, and what went from it. */
export interface Uninjected {
	readonly pod: JsonObject;
	/** What went, for the report; nothing where the pod is as it was. */
	readonly removed: readonly string[];
}

export function remove(pod: JsonObject, removal: Removal): Uninjected {
	const removed: string[] = [];
	const before = { spec: objectAt(pod, "spec"), metadata: objectAt(pod, "metadata") };
	const spec = removeFromSpec(before.spec, removal, removed);
	const metadata = removeFromMetadata(before.metadata, removal, removed);
	const changed = spec === before.spec ? pod : { ...pod, spec };
	return {
		pod: metadata === before.metadata ? changed : settle(changed, "metadata", metadata, removal),
		removed,
	};
}

function removeFromSpec(spec: JsonObject, removal: Removal, removed: string[]): JsonObject {
	const prune = (owner: JsonObject, key: string, names: readonly string[]): JsonObject => {
		const items = objectsAt(owner, key);
		const kept = items.filter((item) => !names.includes(textAt(item, "name") ?? ""));
		const gone = items.filter((item) => !kept.includes(item));
		const noun = key === "volumes" ? "volume" : "container";
		removed.push(...gone.map((item) => `${noun} ${textAt(item, "name")}`));
		return gone.length === 0 ? owner : settle(owner, key, kept, removal);
	};
	const initContainers = prune(spec, "initContainers", removal.containers);
	const containers = prune(initContainers, "containers", removal.containers);
	return prune(containers, "volumes", removal.volumes);
}

function removeFromMetadata(metadata: JsonObject, removal: Removal, removed: string[]): JsonObject {
	const annotations = objectAt(metadata, "annotations");
	const labels = objectAt(metadata, "labels");
	const isAnnotation = (name: string) => removal.isAnnotation(name, textAt(annotations, name));
	const isLabel = (name: string) => removal.isLabel?.(name) ?? false;
	const gone = [
		...Object.keys(annotations)
			.filter(isAnnotation)
			.map((name) => `annotation ${name}`),
		...Object.keys(labels)
			.filter(isLabel)
			.map((name) => `label ${name}`),
	];
	removed.push(...gone);
	const withoutAnnotations = gone.some((name) => name.startsWith("annotation "))
		? settle(metadata, "annotations", without(annotations, isAnnotation), removal)
		: metadata;
	return gone.some((name) => name.startsWith("label "))
		? { ...withoutAnnotations, labels: without(labels, isLabel) }
		: withoutAnnotations;
}

/** Puts back a part that has become empty the way it was. */
export function settle(
	object: JsonObject,
	key: string,
	value: JsonObject | readonly JsonObject[],
	{ was }: Pick<Removal, "was">,
): JsonObject {
	if (Object.keys(value).length > 0) {
		return { ...object, [key]: value };
	}
	// A pod without containers keeps the list, if an empty one.
	const before = was === undefined && key !== "containers" ? "absent" : was?.[key as Part];
	if (before === "absent") {
		return without(object, (name) => name === key);
	}
	return { ...object, [key]: before === "null" ? null : value };
}
