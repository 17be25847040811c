import { isLargeInteger, keepInteger, type LargeIntegers } from "./number.ts";
import { GoObject, isNilList, sortedEntries, unsupported, type Value } from "./value.ts";

/** Text that is not JSON, or JSON that is not a value. */
export class JsonError extends Error {
	override readonly name = "JsonError";
}

/** Reads the whole text as one JSON value; numbers become float64. Throws {@link JsonError}. */
export function readJson(text: string, largeIntegers: LargeIntegers = "rounded"): Value {
	const parsed = parse(text);
	if (largeIntegers === "rounded" || !/\d{16}/.test(text)) {
		return fromJson(parsed);
	}
	// Node 20's JSON.parse shows no reviver how a number was written: such numbers pass it as texts with a mark.
	let mark = "#";
	while (JSON.stringify(parsed).includes(mark)) {
		mark += "#";
	}
	const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs, (token) =>
		isLargeInteger(token, Number(token)) ? `"${mark}${token}"` : token,
	);
	return fromJson(parse(marked), mark);
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new JsonError(error instanceof Error ? error.message : String(error));
	}
}

function fromJson(value: unknown, mark?: string): Value {
	if (Array.isArray(value)) {
		return value.map((item) => fromJson(item, mark));
	}
	if (typeof value === "object" && value !== null) {
		return new Map(Object.entries(value).map(([key, item]) => [key, fromJson(item, mark)]));
	}
	if (typeof value === "number" && !Number.isFinite(value)) {
		throw new JsonError("a number is too large for a float64");
	}
	return typeof value === "string" && mark !== undefined && value.startsWith(mark)
		? exactInteger(value.slice(mark.length))
		: (value as Value);
}

function exactInteger(literal: string): bigint {
	const integer = keepInteger(literal);
	if (integer === undefined) {
		throw new JsonError(
			`${literal} would be rounded (want an integer of 64 bits, or quotes where it is text)`,
		);
	}
	return integer;
}

/** encoding/json's text of a value, without its escapes for HTML: keys sorted, everything on one line. */
export function writeJson(value: Value): string {
	if (Array.isArray(value)) {
		return isNilList(value) ? "null" : `[${value.map(writeJson).join(",")}]`;
	}
	if (value instanceof Map) {
		return `{${sortedEntries(value)
			.map(([key, item]) => `${writeJson(key)}:${writeJson(item)}`)
			.join(",")}}`;
	}
	if (value instanceof GoObject || (typeof value === "number" && !Number.isFinite(value))) {
		throw unsupported(`JSON of ${value instanceof GoObject ? value.type : String(value)}`);
	}
	return typeof value === "bigint"
		? String(value)
		: JSON.stringify(value ?? null).replace(/[\u2028\u2029]/g, escapeUnit);
}

/** As encoding/json does unless told not to. */
export function escapeHtml(json: string): string {
	return json.replace(/[<>&]/g, escapeUnit);
}

export function escapeUnit(char: string): string {
	return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
