import { Numeral } from "./numeral.ts";

/** What JSON can say. Objects are read with {@link get}, so that a key such as `__proto__` is only ever a key. */
export type Json = null | boolean | number | string | Numeral | JsonArray | JsonObject;

export type JsonArray = readonly Json[];

export interface JsonObject {
	readonly [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Numeral);
}

export function isArray(value: Json | undefined): value is JsonArray {
	return Array.isArray(value);
}

/** Own properties alone. Absent and null are the same to Kubernetes, and so they are here. */
export function get(object: JsonObject, key: string): Json | undefined {
	return Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined;
}

export function objectAt(object: JsonObject, key: string): JsonObject {
	const value = get(object, key);
	return isObject(value) ? value : {};
}

/** Those of a pod, or of any other object. */
export function annotationsOf(object: JsonObject): JsonObject {
	return objectAt(objectAt(object, "metadata"), "annotations");
}

/** The objects of a list; anything else in it has been complained about before (pod-shape.ts). */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
	const value = get(object, key);
	return isArray(value) ? value.filter(isObject) : [];
}

export function textAt(object: JsonObject, key: string): string | undefined {
	const value = get(object, key);
	return typeof value === "string" ? value : undefined;
}

/** Rounded where a double cannot hold it. */
export function numberAt(object: JsonObject, key: string): number | undefined {
	const value = get(object, key);
	if (value instanceof Numeral) {
		return Number(value.json);
	}
	return typeof value === "number" ? value : undefined;
}

export function without(object: JsonObject, isUnwanted: (key: string) => boolean): JsonObject {
	return Object.fromEntries(Object.entries(object).filter(([key]) => !isUnwanted(key)));
}

/** Leaves out what is undefined. */
export function compact(object: Readonly<Record<string, Json | undefined>>): JsonObject {
	return Object.fromEntries(
		Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined),
	);
}
