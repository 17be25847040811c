import { base64Encode } from "../go/base64.ts";
import { formatFloat } from "../go/float.ts";
import { sortedEntries } from "../go/order.ts";
import { isEmpty } from "../go/truth.ts";
import { hasEscapedByte, toWellFormed, utf8Encode } from "../go/utf8.ts";
import { GoBytes, GoInt, GoMap, GoObject, GoSlice, type Value } from "../go/value.ts";

/** A value that JSON has no word for: infinity or NaN. */
export class JsonError extends Error {
	override readonly name = "JsonError";
}

export interface JsonStyle {
	/** encoding/json escapes `<`, `>` and `&` unless told not to. */
	readonly escapeHtml: boolean;
	/** What each level is indented with; undefined for everything on one line. */
	readonly indent: string | undefined;
}

export const compact: JsonStyle = { escapeHtml: true, indent: undefined };

/** encoding/json's text of a value: keys sorted, nil slices and maps as null, bytes in base64. */
export function writeJson(value: Value, style: JsonStyle = compact, margin = "\n"): string {
	switch (typeof value) {
		case "string":
			return writeString(value, style);
		case "number":
			return writeFloat(value);
		case "boolean":
			return String(value);
		default:
			return writeObject(value, style, margin);
	}
}

function writeObject(
	value: Exclude<Value, string | number | boolean>,
	style: JsonStyle,
	margin: string,
): string {
	if (value instanceof GoInt) {
		return value.value.toString();
	}
	if (value instanceof GoBytes) {
		return `"${base64Encode(utf8Encode(value.text))}"`;
	}
	if (value instanceof GoObject && value.marshal !== undefined) {
		return writeJson(value.marshal(), style, margin);
	}
	return value == null || (!(value instanceof GoObject) && value.isNil)
		? "null"
		: writeCollection(value, style, margin);
}

function writeCollection(value: GoSlice | GoMap | GoObject, style: JsonStyle, margin: string): string {
	const inner = margin + (style.indent ?? "");
	const write = (item: Value): string => writeJson(item, style, inner);
	if (value instanceof GoSlice) {
		return enclose("[]", value.items.map(write), style, margin);
	}
	const colon = style.indent === undefined ? ":" : ": ";
	const members = value instanceof GoMap ? sortedEntries(value) : fieldsOf(value);
	const texts = members.map(([name, member]) => writeString(name, style) + colon + write(member));
	return enclose("{}", texts, style, margin);
}

function enclose(brackets: string, items: readonly string[], { indent }: JsonStyle, margin: string): string {
	if (items.length === 0) {
		return brackets;
	}
	const [open, close] = brackets;
	return indent === undefined
		? open + items.join(",") + close
		: open + margin + indent + items.join(`,${margin}${indent}`) + margin + close;
}

function fieldsOf(object: GoObject): [string, Value][] {
	const fields =
		object.json ?? [...object.fields.keys()].map((name) => ({ field: name, name, omitEmpty: false }));
	return fields
		.map(({ field, name, omitEmpty }) => ({ name, value: object.fields.get(field), omitEmpty }))
		.filter(({ value, omitEmpty }) => !omitEmpty || !isEmpty(value))
		.map(({ name, value }) => [name, value]);
}

/** Scientific only where the exponent is below -6 or from 21, and without the padding zero. */
function writeFloat(value: number): string {
	if (!Number.isFinite(value)) {
		throw new JsonError(`json: unsupported value: ${formatFloat(value, "g")}`);
	}
	const magnitude = Math.abs(value);
	if (magnitude !== 0 && (magnitude < 1e-6 || magnitude >= 1e21)) {
		return formatFloat(value, "e").replace("e-0", "e-");
	}
	return formatFloat(value, "f");
}

const named: Readonly<Record<string, string>> = {
	'"': '\\"',
	"\\": "\\\\",
	"\b": "\\b",
	"\f": "\\f",
	"\n": "\\n",
	"\r": "\\r",
	"\t": "\\t",
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const special = /["\\\u0000-\u001f\u2028\u2029]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const specialInHtml = /["\\\u0000-\u001f\u2028\u2029<>&]/g;

function writeString(text: string, { escapeHtml }: JsonStyle): string {
	const escaped = text.replace(escapeHtml ? specialInHtml : special, escapeChar);
	return `"${toWellFormed(hasEscapedByte(escaped) ? escapeBytes(escaped) : escaped)}"`;
}

/** A byte that is no UTF-8 becomes U+FFFD, spelled out, where a U+FFFD that was there before stays as it is. */
function escapeBytes(text: string): string {
	return text.replace(/(?<![\ud800-\udbff])[\udc80-\udcff]/g, "\\ufffd");
}

function escapeChar(char: string): string {
	return named[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
