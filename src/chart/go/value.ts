/**
 * Go's values, as far as our charts can see a difference between them: a float64 is a number, an integer of whatever
 * size a bigint, and what no literal makes is a {@link GoObject}.
 *
 * Two kinds of nothing: `null` is an interface that holds nil (what a map has under a key without a value), and
 * `undefined` is no value at all (what a pipeline makes of it). Go prints and compares them alike, but a field of
 * the first is an error and a field of the second is nothing again.
 */
export type Value = undefined | null | boolean | number | bigint | string | Value[] | GoMap | GoObject;

/** A map with string keys; Helm has no others. */
export type GoMap = Map<string, Value>;

const nils = new WeakSet<Value[]>();

/** Go's nil slice, which is empty like any other, and which JSON and YAML write as null. */
export function nilList(): Value[] {
	const items: Value[] = [];
	nils.add(items);
	return items;
}

export function isNilList(items: Value[]): boolean {
	return items.length === 0 && nils.has(items);
}

/** A struct. Its methods are {@link GoFunction}s, which a template calls by their names. */
export class GoObject {
	/** As Go's messages name it. */
	readonly type: string;
	readonly fields: ReadonlyMap<string, Value>;
	readonly methods: ReadonlyMap<string, unknown>;
	/** `String()`, where the type has it. */
	readonly text: string | undefined;

	constructor(type: string, fields: Readonly<Record<string, Value>>, more: ObjectParts = {}) {
		this.type = type;
		this.fields = new Map(Object.entries(fields));
		this.methods = new Map(Object.entries(more.methods ?? {}));
		this.text = more.text;
	}
}

interface ObjectParts {
	readonly methods?: Readonly<Record<string, unknown>>;
	readonly text?: string;
}

/**
 * A template function that cannot answer. Whoever called it adds where and with which expression; the message alone
 * is what Go's counterpart says, or what this renderer does not do.
 */
export class CallError extends Error {
	override readonly name = "CallError";
}

/** The chart's author gave up, by `fail`: the message is meant for the user as it is. */
export class DeliberateFailure extends CallError {}

/** The error for what Helm can and we cannot: that it is us who cannot, not the chart's author who cannot spell. */
export function unsupported(what?: string): CallError {
	return new CallError(`${what === undefined ? "" : `${what} is `}not supported by this renderer`);
}

/** reflect.Kind, by its name. */
type Kind = "invalid" | "bool" | "string" | "int64" | "float64" | "slice" | "map" | "struct";

export function kindOf(value: Value): Kind {
	switch (typeof value) {
		case "boolean":
			return "bool";
		case "string":
			return "string";
		case "number":
			return "float64";
		case "bigint":
			return "int64";
		default:
			return kindOfObject(value);
	}
}

function kindOfObject(value: undefined | null | Value[] | GoMap | GoObject): Kind {
	if (value === undefined || value === null) {
		return "invalid";
	}
	return Array.isArray(value) ? "slice" : value instanceof Map ? "map" : "struct";
}

/** The type's name, as Go's own error messages show it. */
export function typeOf(value: Value): string {
	if (value instanceof GoObject) {
		return value.type;
	}
	const kind = kindOf(value);
	return (
		{ invalid: "<nil>", slice: "[]interface {}", map: "map[string]interface {}" }[kind as string] ?? kind
	);
}

/** text/template's truth: everything but the zero of its type. */
export function isTrue(value: Value): boolean {
	const length = Array.isArray(value) ? value.length : value instanceof Map ? value.size : undefined;
	return length === undefined ? Boolean(value) : length > 0;
}

/** A copy that shares no map and no list with the original. */
export function deepCopy(value: Value): Value {
	if (Array.isArray(value)) {
		return value.map(deepCopy);
	}
	return value instanceof Map ? deepCopyMap(value) : value;
}

export function deepCopyMap(map: GoMap): GoMap {
	return new Map(Array.from(map, ([key, value]) => [key, deepCopy(value)]));
}

/** reflect.DeepEqual: same type, same content. */
export function deepEqual(a: Value, b: Value): boolean {
	if (Array.isArray(a)) {
		return Array.isArray(b) && a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
	}
	if (a instanceof Map) {
		return (
			b instanceof Map &&
			a.size === b.size &&
			[...a].every(([key, value]) => b.has(key) && deepEqual(value, b.get(key)))
		);
	}
	return (a ?? undefined) === (b ?? undefined);
}

/**
 * Template comparison (`eq`). Whole numbers compare with whole numbers and floats with floats, but not one with the
 * other: `eq .Values.replicas 1` fails in Helm, because numbers from YAML are floats.
 */
export function equals(a: Value, b: Value): boolean {
	if (a == null || b == null) {
		return (a ?? null) === (b ?? null);
	}
	if (kindOf(a) !== kindOf(b)) {
		throw new CallError(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
	}
	if (typeof a === "object") {
		throw new CallError(`non-comparable type ${typeOf(a)}`);
	}
	return a === b;
}

export function isLess(a: Value, b: Value): boolean {
	if (kindOf(a) !== kindOf(b)) {
		throw new CallError(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
	}
	if (typeof a === "string" && typeof b === "string") {
		return compareStrings(a, b) < 0;
	}
	if ((typeof a === "number" && typeof b === "number") || (typeof a === "bigint" && typeof b === "bigint")) {
		return a < b;
	}
	throw new CallError("invalid type for comparison");
}

/**
 * Go compares strings byte by byte. In UTF-8 that is the order of code points; UTF-16's own order differs for
 * characters beyond U+FFFF, whose surrogates sort before U+E000.
 */
export function compareStrings(a: string, b: string): number {
	const length = Math.min(a.length, b.length);
	for (let i = 0; i < length; i++) {
		const x = a.charCodeAt(i);
		const y = b.charCodeAt(i);
		if (x !== y) {
			return rank(x) - rank(y);
		}
	}
	return a.length - b.length;
}

/** Lifts surrogates above everything else, keeping their own order. */
function rank(unit: number): number {
	return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** A map's entries in the order in which Go's templates, fmt and encoding/json visit them. */
export function sortedEntries(map: GoMap): [string, Value][] {
	return [...map].sort(([a], [b]) => compareStrings(a, b));
}
