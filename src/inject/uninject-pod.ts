import {
	configPrefix,
	injectAnnotation,
	injectedAnnotation,
	linkerdInjectAnnotation,
	ownPrefix,
	redirectAnnotation,
} from "../policy/annotation-keys.ts";
import { type JsonObject, objectAt, objectsAt, textAt, without } from "./json.ts";
import { ownContainers, xtablesVolume } from "./names.ts";
import { type InjectionRecord, type Part, readRecord } from "./record.ts";

/**
 * Takes everything of ours out of a pod. With the record of its injection, that is exactly what was added; without,
 * it is what bears our names, and what bears those of Linkerd.
 */
export function uninjectPod(pod: JsonObject): Uninjected {
	const record = readRecord(pod);
	if (record !== undefined) {
		return removeByRecord(pod, record);
	}
	const own = removeByName(pod, { settings: true });
	const linkerds = removeLinkerds(own.pod);
	return { pod: linkerds.pod, removed: [...own.removed, ...linkerds.removed] };
}

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

/** What Linkerd's injector adds, the validator and the volume that its own `uninject` leaves behind among them. */
const containers = ["linkerd-init", "linkerd-proxy", "linkerd-network-validator", "linkerd-debug"];
const volumes = [
	"linkerd-proxy-init-xtables-lock",
	"linkerd-identity-end-entity",
	"linkerd-identity-token",
	"linkerd-podinfo",
];

const prefix = "linkerd.io/";

/** Linkerd's own control plane is made of such pods; its metadata is how Linkerd knows them. */
const controlPlaneLabel = "linkerd.io/control-plane-component";

/** Settings (`config.linkerd.io/…`) stay, as they do with Linkerd; without a proxy they say nothing. */
export function removeLinkerds(pod: JsonObject): Uninjected {
	const isControlPlane = Object.hasOwn(objectAt(objectAt(pod, "metadata"), "labels"), controlPlaneLabel);
	return remove(pod, {
		containers,
		volumes,
		isAnnotation: (name, value) =>
			!isControlPlane &&
			name.startsWith(prefix) &&
			!(name === linkerdInjectAnnotation && value === "disabled"),
		isLabel: (name) => !isControlPlane && name.startsWith(prefix),
	});
}

/** What is to go from a pod. */
interface Removal {
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

function remove(pod: JsonObject, removal: Removal): Uninjected {
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
function settle(
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
