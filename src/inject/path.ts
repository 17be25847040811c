import { isArray, isObject, type Json, type JsonObject } from "./json.ts";

/** Where something stands in an object: keys and positions, from the root. */
export type Path = readonly (string | number)[];

export function valueAt(value: Json, path: Path): Json | undefined {
	return path.reduce<Json | undefined>(child, value);
}

/** A copy in which something else stands there; what is not on the way is shared. */
export function replaceAt(value: Json, [step, ...rest]: Path, replacement: Json): Json {
	if (step === undefined) {
		return replacement;
	}
	if (isArray(value)) {
		return value.map((item, index) => (index === step ? replaceAt(item, rest, replacement) : item));
	}
	return isObject(value) ? withKey(value, `${step}`, rest, replacement) : value;
}

function withKey(object: JsonObject, key: string, rest: Path, replacement: Json): JsonObject {
	return { ...object, [key]: replaceAt(object[key] ?? null, rest, replacement) };
}

function child(value: Json | undefined, step: string | number): Json | undefined {
	if (isArray(value)) {
		return typeof step === "number" ? value[step] : undefined;
	}
	return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
