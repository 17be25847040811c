import {
	configPrefix,
	injectAnnotation,
	injectedAnnotation,
	ownPrefix,
	redirectAnnotation,
} from "../policy/annotation-keys.ts";
import { type JsonObject, objectAt } from "./json.ts";
import { ownContainers, xtablesVolume } from "./names.ts";
import type { InjectionRecord } from "./record.ts";
import { remove, settle, type Uninjected } from "./removal.ts";

/** Undoes an injection, its annotations' earlier values included. */
export function removeByRecord(pod: JsonObject, record: InjectionRecord): Uninjected {
	const isOurs = (name: string) => name === redirectAnnotation || name === injectedAnnotation;
	const { pod: rest, removed } = remove(pod, {
		containers: ownContainers,
		volumes: record.volumes,
		isAnnotation: (name) => isOurs(name) || record.annotations.added.includes(name),
		was: record.was,
	});
	return { pod: withEarlierAnnotations(rest, record), removed };
}

function withEarlierAnnotations(pod: JsonObject, { annotations, was }: InjectionRecord): JsonObject {
	if (Object.keys(annotations.replaced).length === 0) {
		return pod;
	}
	const metadata = objectAt(pod, "metadata");
	const restored = { ...objectAt(metadata, "annotations"), ...annotations.replaced };
	return { ...pod, metadata: settle(metadata, "annotations", restored, { was }) };
}

/** Without a record: what bears our names, and the settings too unless the pod is to be injected again. */
export function removeByName(pod: JsonObject, { settings }: { readonly settings: boolean }): Uninjected {
	return remove(pod, {
		containers: ownContainers,
		volumes: [xtablesVolume],
		isAnnotation: (name, value) => {
			if (name === redirectAnnotation || name === injectedAnnotation) {
				return true;
			}
			return settings && isSetting(name) && !isOptOut(name, value);
		},
	});
}

function isSetting(name: string): boolean {
	return name.startsWith(ownPrefix) || name.startsWith(configPrefix);
}

/** Whoever said no meant it before any injection. */
function isOptOut(name: string, value: string | undefined): boolean {
	return name === injectAnnotation && value === "disabled";
}
