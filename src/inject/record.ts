import { attempt } from "../domain/attempt.ts";
import { version } from "../domain/version.ts";
import { injectedAnnotation } from "../policy/annotation-keys.ts";
import {
	compact,
	get,
	isArray,
	isObject,
	type Json,
	type JsonObject,
	objectAt,
	textAt,
	without,
} from "./json.ts";

/** A part of a pod that injection may have had to make. Absent, null and empty are one to Kubernetes, but not to a file. */
export type Part = "metadata" | "annotations" | "initContainers" | "volumes";

/** What injection did besides adding containers of known names; uninjection undoes exactly that. */
export interface InjectionRecord {
	readonly version: string;
	readonly volumes: readonly string[];
	readonly annotations: SetAnnotations;
	/** Parts that did not exist as a list or an object. */
	readonly was: Readonly<Partial<Record<Part, "absent" | "null">>>;
}

/** Which annotations were set, apart from the stamps. */
interface SetAnnotations {
	readonly added: readonly string[];
	/** With what stood there before. */
	readonly replaced: JsonObject;
}

const parts: readonly Part[] = ["metadata", "annotations", "initContainers", "volumes"];

/** How a part stood before; undefined where it was there, if only empty. */
function partState(object: JsonObject, part: Part): "absent" | "null" | undefined {
	if (!Object.hasOwn(object, part)) {
		return "absent";
	}
	return object[part] === null ? "null" : undefined;
}

/** The record of an injection of this release, about a pod as it stands before. */
export function recordOf(
	pod: JsonObject,
	added: Pick<InjectionRecord, "volumes" | "annotations">,
): InjectionRecord {
	const metadata = objectAt(pod, "metadata");
	const spec = objectAt(pod, "spec");
	const owners: Readonly<Record<Part, JsonObject>> = {
		metadata: pod,
		annotations: metadata,
		initContainers: spec,
		volumes: spec,
	};
	return {
		version,
		...added,
		was: Object.fromEntries(
			parts.flatMap((part) => {
				const state = partState(owners[part], part);
				return state === undefined ? [] : [[part, state]];
			}),
		),
	};
}

export function formatRecord({ volumes, annotations, was }: InjectionRecord): string {
	return JSON.stringify(
		compact({
			version,
			volumes: volumes.length > 0 ? volumes : undefined,
			added: annotations.added.length > 0 ? annotations.added : undefined,
			replaced: Object.keys(annotations.replaced).length > 0 ? annotations.replaced : undefined,
			was: Object.keys(was).length > 0 ? compact(was) : undefined,
		}),
	);
}

/** Undefined where there is none. One that somebody has garbled counts as none: the names are still to be found. */
export function readRecord(pod: JsonObject): InjectionRecord | undefined {
	const text = textAt(objectAt(objectAt(pod, "metadata"), "annotations"), injectedAnnotation);
	const value = text === undefined ? undefined : attempt((): Json => JSON.parse(text));
	if (!isObject(value)) {
		return undefined;
	}
	return {
		version: textAt(value, "version") ?? "",
		volumes: textsAt(value, "volumes"),
		annotations: { added: textsAt(value, "added"), replaced: objectAt(value, "replaced") },
		was: Object.fromEntries(
			parts.flatMap((part) => {
				const state = textAt(objectAt(value, "was"), part);
				return state === "absent" || state === "null" ? [[part, state]] : [];
			}),
		),
	};
}

function textsAt(object: JsonObject, key: string): readonly string[] {
	const value = get(object, key);
	return isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** A pod (or a namespace) with annotations set, and what that changed. */
export function setAnnotations(
	pod: JsonObject,
	set: Readonly<Record<string, string>>,
): { readonly pod: JsonObject; readonly changes: SetAnnotations } {
	const metadata = objectAt(pod, "metadata");
	const annotations = objectAt(metadata, "annotations");
	const changed = Object.entries(set).filter(([name, value]) => textAt(annotations, name) !== value);
	if (changed.length === 0) {
		return { pod, changes: { added: [], replaced: {} } };
	}
	const names = changed.map(([name]) => name);
	return {
		pod: {
			...pod,
			metadata: { ...metadata, annotations: { ...annotations, ...Object.fromEntries(changed) } },
		},
		changes: {
			added: names.filter((name) => !Object.hasOwn(annotations, name)),
			replaced: without(annotations, (name) => !names.includes(name)),
		},
	};
}
