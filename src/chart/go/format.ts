import { formatFloatVerb, formatIntegerVerb } from "./format-number.ts";
import { formatTextVerb, pad } from "./format-text.ts";
import { kindOf, typeOf } from "./kind.ts";
import { sortedEntries } from "./order.ts";
import { utf8Encode } from "./utf8.ts";
import { GoBytes, GoInt, GoMap, type GoObject, GoSlice, int, type Value } from "./value.ts";

/** The flags between `%` and the verb. */
export interface Flags {
	readonly minus: boolean;
	readonly plus: boolean;
	readonly sharp: boolean;
	readonly space: boolean;
	readonly zero: boolean;
	readonly width: number | undefined;
	readonly precision: number | undefined;
}

export const plainFlags: Flags = {
	minus: false,
	plus: false,
	sharp: false,
	space: false,
	zero: false,
	width: undefined,
	precision: undefined,
};

/**
 * One operand under one verb (package fmt). What does not fit comes out as `%!d(string=hi)`; that is Go's way of
 * failing here, and it is output, not an error. `%#v` is not supported: {@link formatVerb} is never called with it.
 */
export function formatVerb(value: Value, verb: string, flags: Flags): string {
	if (value === undefined || value === null) {
		return verb === "v" || verb === "T" ? pad("<nil>", flags) : `%!${verb}(<nil>)`;
	}
	if (verb === "T") {
		return pad(typeOf(value), flags);
	}
	return formatNested(value, verb, flags, 0);
}

function formatNested(value: Value, verb: string, flags: Flags, depth: number): string {
	switch (typeof value) {
		case "string":
			return formatTextVerb(value, verb, flags) ?? badVerb(value, verb, flags);
		case "number":
			return formatFloatVerb(value, verb, flags) ?? badVerb(value, verb, flags);
		case "boolean":
			return verb === "v" || verb === "t" ? pad(String(value), flags) : badVerb(value, verb, flags);
		default:
			return formatComposite(value, verb, flags, depth);
	}
}

function formatComposite(
	value: Exclude<Value, string | number | boolean>,
	verb: string,
	flags: Flags,
	depth: number,
): string {
	if (value === undefined || value === null) {
		return depth > 0 ? "<nil>" : badVerb(value, verb, flags);
	}
	if (value instanceof GoInt) {
		return formatIntegerVerb(value, verb, flags) ?? badVerb(value, verb, flags);
	}
	if (value instanceof GoBytes) {
		return formatBytes(value, verb, flags);
	}
	const nested = (item: Value): string => formatNested(item, verb, flags, depth + 1);
	if (value instanceof GoSlice) {
		return `[${value.items.map(nested).join(" ")}]`;
	}
	if (value instanceof GoMap) {
		return `map[${sortedEntries(value)
			.map(([key, item]) => `${nested(key)}:${nested(item)}`)
			.join(" ")}]`;
	}
	return formatObject(value, verb, flags, depth);
}

function formatObject(value: GoObject, verb: string, flags: Flags, depth: number): string {
	if (value.text !== undefined && "vsxXq".includes(verb)) {
		return formatTextVerb(value.text(), verb, flags) ?? badVerb(value, verb, flags);
	}
	const pointer = kindOf(value) === "ptr";
	if (pointer && depth > 0) {
		return "0xc000000000";
	}
	const fields = [...value.fields].map(([name, field]) => {
		const text = formatNested(field, verb, flags, depth + 1);
		return flags.plus && verb === "v" ? `${name}:${text}` : text;
	});
	return `${pointer ? "&" : ""}{${fields.join(" ")}}`;
}

function formatBytes(value: GoBytes, verb: string, flags: Flags): string {
	if (verb === "v" || verb === "d") {
		return `[${Array.from(utf8Encode(value.text), (byte) => formatIntegerVerb(int(byte), verb, flags)).join(" ")}]`;
	}
	return formatTextVerb(value.text, verb, flags) ?? badVerb(value, verb, flags);
}

/** The flags stay in force, so that a width can cut or fill the operand in the complaint. */
function badVerb(value: Value, verb: string, flags: Flags): string {
	if (value === undefined || value === null) {
		return `%!${verb}(<nil>)`;
	}
	return `%!${verb}(${typeOf(value)}=${formatNested(value, "v", flags, 0)})`;
}
