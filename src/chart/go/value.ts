/**
 * Go's values, as far as Helm's templates can see a difference between them. A string, a bool and a float64 are
 * their JavaScript counterparts; everything else that Go tells apart is a class here.
 *
 * Two kinds of nothing: `null` is an interface that holds nil (what a map has under a key without a value), and
 * `undefined` is no value at all (what a pipeline makes of it). Go prints and compares them alike, but a field of
 * the first is an error and a field of the second is nothing again.
 */
export type Value =
	| undefined
	| null
	| boolean
	| number
	| string
	| GoInt
	| GoBytes
	| GoSlice
	| GoMap
	| GoObject;

export type IntType = "int" | "int32" | "int64" | "uint8" | "uint64";

/** A whole number; `number` alone is always a float64. */
export class GoInt {
	readonly type: IntType;
	readonly value: bigint;

	constructor(type: IntType, value: bigint | number) {
		this.type = type;
		this.value = wrap(type, BigInt(value));
	}
}

/** Go's integers wrap around. */
function wrap(type: IntType, value: bigint): bigint {
	switch (type) {
		case "uint8":
			return BigInt.asUintN(8, value);
		case "uint64":
			return BigInt.asUintN(64, value);
		case "int32":
			return BigInt.asIntN(32, value);
		default:
			return BigInt.asIntN(64, value);
	}
}

export function int(value: bigint | number): GoInt {
	return new GoInt("int", value);
}

export function int64(value: bigint | number): GoInt {
	return new GoInt("int64", value);
}

/** A `[]byte`: text that Go has not been told is text. */
export class GoBytes {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

/** What a slice or map holds. Only `interface {}` can hold nil. */
export type ElementType = "interface {}" | "string" | "int" | "[]uint8" | "[]interface {}";

/** A method that a template can call by name. Arguments were checked by the caller against `GoFunction`. */
export type Methods = ReadonlyMap<string, unknown>;

export class GoSlice {
	readonly element: ElementType;
	/** Shared, as in Go: sorting a `[]string` sorts it for everyone who holds it. */
	readonly items: Value[];
	/** Go's nil slice is empty, but JSON writes it as null. */
	readonly isNil: boolean;
	/** The name of a named type, such as `chartutil.VersionSet`. */
	readonly name: string | undefined;
	readonly methods: Methods | undefined;

	constructor(items: Value[], element: ElementType = "interface {}", extra: SliceExtra = {}) {
		this.items = items;
		this.element = element;
		this.isNil = extra.isNil ?? false;
		this.name = extra.name;
		this.methods = extra.methods;
	}
}

export interface SliceExtra {
	readonly isNil?: boolean;
	readonly name?: string;
	readonly methods?: Methods;
}

/** A map with string keys; Helm has no others. */
export class GoMap {
	readonly element: ElementType;
	readonly entries: Map<string, Value>;
	readonly isNil: boolean;
	readonly name: string | undefined;
	readonly methods: Methods | undefined;

	constructor(
		entries: Iterable<readonly [string, Value]> = [],
		element: ElementType = "interface {}",
		extra: SliceExtra = {},
	) {
		this.entries = new Map(entries);
		this.element = element;
		this.isNil = extra.isNil ?? false;
		this.name = extra.name;
		this.methods = extra.methods;
	}
}

/** A struct, or a pointer to one. */
export class GoObject {
	/** As `%T` shows it; a pointer's begins with `*`. */
	readonly type: string;
	readonly fields: ReadonlyMap<string, Value>;
	readonly methods: Methods;
	/** `String()`, where the type has it; `printing` alone where only a pointer to it has it. */
	readonly text: (() => string) | undefined;
	readonly textOfPointer: (() => string) | undefined;
	/** How encoding/json sees it; absent means the fields by their own names. */
	readonly json: readonly JsonField[] | undefined;
	/** What it is to encoding/json instead of a struct, where the type says so itself (`MarshalJSON`). */
	readonly marshal: (() => Value) | undefined;
	/** What the object stands for, for the functions that made it. */
	readonly inner: unknown;

	constructor(type: string, parts: ObjectParts) {
		this.type = type;
		this.fields = new Map(Object.entries(parts.fields ?? {}));
		this.methods = parts.methods ?? new Map();
		this.text = parts.text;
		this.textOfPointer = parts.textOfPointer;
		this.json = parts.json;
		this.marshal = parts.marshal;
		this.inner = parts.inner;
	}
}

export interface ObjectParts {
	readonly fields?: Readonly<Record<string, Value>>;
	readonly methods?: Methods;
	readonly text?: () => string;
	readonly textOfPointer?: () => string;
	readonly json?: readonly JsonField[];
	readonly marshal?: () => Value;
	readonly inner?: unknown;
}

/** A struct's `json:"name,omitempty"` tag. */
export interface JsonField {
	readonly field: string;
	readonly name: string;
	readonly omitEmpty: boolean;
}

export function list(items: Value[]): GoSlice {
	return new GoSlice(items);
}

export function strings(items: string[]): GoSlice {
	return new GoSlice(items, "string");
}

export function nilList(element: ElementType = "interface {}"): GoSlice {
	return new GoSlice([], element, { isNil: true });
}

export function nilMap(): GoMap {
	return new GoMap([], "interface {}", { isNil: true });
}

/** The zero value of an element type: what a map answers for a key that it lacks. */
export function zeroOf(element: ElementType): Value {
	switch (element) {
		case "string":
			return "";
		case "int":
			return int(0);
		case "[]uint8":
			return new GoBytes("");
		case "[]interface {}":
			return nilList();
		default:
			return null;
	}
}
