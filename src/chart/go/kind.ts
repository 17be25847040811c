import { GoBytes, GoInt, GoMap, GoObject, GoSlice, type Value } from "./value.ts";

/** reflect.Kind, by its name. */
export type Kind =
	| "invalid"
	| "bool"
	| "string"
	| "int"
	| "int32"
	| "int64"
	| "uint8"
	| "uint64"
	| "float64"
	| "slice"
	| "map"
	| "struct"
	| "ptr";

export function kindOf(value: Value): Kind {
	switch (typeof value) {
		case "boolean":
			return "bool";
		case "string":
			return "string";
		case "number":
			return "float64";
		default:
			return kindOfObject(value);
	}
}

function kindOfObject(value: Exclude<Value, boolean | string | number>): Kind {
	if (value === undefined || value === null) {
		return "invalid";
	}
	if (value instanceof GoInt) {
		return value.type;
	}
	if (value instanceof GoMap) {
		return "map";
	}
	if (value instanceof GoSlice || value instanceof GoBytes) {
		return "slice";
	}
	return value.type.startsWith("*") ? "ptr" : "struct";
}

/** The type's name, as `%T` and Go's own error messages show it. */
export function typeOf(value: Value): string {
	if (value instanceof GoMap) {
		return value.name ?? `map[string]${value.element}`;
	}
	if (value instanceof GoSlice) {
		return value.name ?? `[]${value.element}`;
	}
	if (value instanceof GoBytes) {
		return "[]uint8";
	}
	if (value instanceof GoObject) {
		return value.type;
	}
	return value === undefined || value === null ? "<nil>" : kindOf(value);
}
