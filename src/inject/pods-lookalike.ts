import { get, isArray, isObject, type Json, type JsonObject } from "./json.ts";

/** What pod templates are called where they have a name of their own. */
const templateKeys = ["podTemplate", "podTemplateSpec", "podMetadata", "podAnnotations"];

/** Deeper than any operator puts a pod template. */
const maxDepth = 8;

/**
 * Where an object of an unknown kind seems to describe pods: containers with images, or a key that says so. Undefined
 * where nothing does.
 */
export function podsLookalike(object: JsonObject): string | undefined {
	return lookBelow(get(object, "spec"), "spec", maxDepth);
}

function lookBelow(value: Json | undefined, place: string, depth: number): string | undefined {
	if (depth === 0 || !(isObject(value) || isArray(value))) {
		return undefined;
	}
	const here = isObject(value) ? sign(value) : undefined;
	if (here !== undefined) {
		return `${place}.${here}`;
	}
	for (const [key, child] of Object.entries<Json>(value)) {
		const found = lookBelow(child, `${place}.${key}`, depth - 1);
		if (found !== undefined) {
			return found;
		}
	}
	return undefined;
}

function sign(object: JsonObject): string | undefined {
	const key = templateKeys.find((name) => isObject(get(object, name)));
	return key ?? (hasContainers(object) ? "containers" : undefined);
}

function hasContainers(object: JsonObject): boolean {
	const containers = get(object, "containers");
	return (
		isArray(containers) &&
		containers.length > 0 &&
		containers.every((container) => isObject(container) && typeof get(container, "image") === "string")
	);
}
