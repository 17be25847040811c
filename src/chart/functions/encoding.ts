import { base64Decode, base64Encode } from "../go/base64.ts";
import { CallError } from "../go/call-error.ts";
import { toWellFormed, utf8Decode, utf8Encode } from "../go/utf8.ts";
import { GoMap, list, nilList, nilMap, type Value } from "../go/value.ts";
import { readJson } from "../json/read-json.ts";
import { compact, JsonError, type JsonStyle, writeJson } from "../json/write-json.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import { writeYaml, YamlWriteError } from "../yaml/write-yaml.ts";
import { YamlError } from "../yaml/yaml-error.ts";
import { type FunctionTable, fixed } from "./function.ts";

const pretty: JsonStyle = { escapeHtml: true, indent: "  " };
const raw: JsonStyle = { escapeHtml: false, indent: undefined };

/** Data to text and back. Helm's own four swallow errors: bad data becomes empty text, bad text a map with `Error`. */
export const encodingFunctions: FunctionTable = {
	toYaml: fixed(["any"], (value) => orElse("", () => writeYaml(value).replace(/\n$/, ""))),
	fromYaml: fixed(["string"], (text) => readInto(text, yaml, maps)),
	fromYamlArray: fixed(["string"], (text) => readInto(text, yaml, lists)),
	toJson: fixed(["any"], (value) => orElse("", () => writeJson(value))),
	fromJson: fixed(["string"], (text) => readInto(text, json, maps)),
	fromJsonArray: fixed(["string"], (text) => readInto(text, json, lists)),
	mustToJson: fixed(["any"], (value) => orFail(() => writeJson(value, compact))),
	mustFromJson: fixed(["string"], (text) => orFail(() => readJson(text))),
	toPrettyJson: fixed(["any"], (value) => orElse("", () => writeJson(value, pretty))),
	mustToPrettyJson: fixed(["any"], (value) => orFail(() => writeJson(value, pretty))),
	toRawJson: fixed(["any"], (value) => orFail(() => writeJson(value, raw))),
	mustToRawJson: fixed(["any"], (value) => orFail(() => writeJson(value, raw))),
	b64enc: fixed(["string"], (text) => base64Encode(utf8Encode(text))),
	b64dec: fixed(["string"], decodeBase64),
};

/** Go's message is the result, for want of another way to fail. */
function decodeBase64(text: string): string {
	const decoded = base64Decode(utf8Encode(text));
	return "bytes" in decoded
		? utf8Decode(decoded.bytes)
		: `illegal base64 data at input byte ${decoded.wrongAt}`;
}

function isDataError(error: unknown): error is Error {
	return error instanceof JsonError || error instanceof YamlError || error instanceof YamlWriteError;
}

function orElse<T>(fallback: T, attempt: () => T): T {
	try {
		return attempt();
	} catch (error) {
		if (isDataError(error)) {
			return fallback;
		}
		throw error;
	}
}

function orFail<T>(attempt: () => T): T {
	try {
		return attempt();
	} catch (error) {
		throw isDataError(error) ? new CallError(error.message) : error;
	}
}

/** A way to read text. */
interface Reading {
	readonly read: (text: string) => Value;
	/** What Go puts before its complaint when the data is of the wrong kind. */
	readonly prefix: string;
	/** A null leaves Go's map or list nil, which JSON writes as null again; without this it leaves it empty. */
	readonly nullIsNil: boolean;
}

const yaml: Reading = {
	read: readYaml,
	prefix: "error unmarshaling JSON: while decoding JSON: ",
	nullIsNil: false,
};
const json: Reading = { read: readJson, prefix: "", nullIsNil: true };

/** The kind of data that a function promises. */
interface Wanted {
	readonly kind: "object" | "array";
	readonly goType: string;
	readonly none: (isNil: boolean) => Value;
	readonly failed: (message: string) => Value;
}

const maps: Wanted = {
	kind: "object",
	goType: "map[string]interface {}",
	none: (isNil) => (isNil ? nilMap() : new GoMap()),
	failed: (message) => new GoMap([["Error", message]]),
};
const lists: Wanted = {
	kind: "array",
	goType: "[]interface {}",
	none: (isNil) => (isNil ? nilList() : list([])),
	failed: (message) => list([message]),
};

/** What is not wanted is an error, and errors are data. */
function readInto(text: string, { read, prefix, nullIsNil }: Reading, wanted: Wanted): Value {
	try {
		const value = read(toWellFormed(text));
		if (value === null) {
			return wanted.none(nullIsNil);
		}
		const kind = jsonKind(value);
		return kind === wanted.kind
			? value
			: wanted.failed(`${prefix}json: cannot unmarshal ${kind} into Go value of type ${wanted.goType}`);
	} catch (error) {
		if (isDataError(error)) {
			return wanted.failed(
				error instanceof YamlError ? `error converting YAML to JSON: yaml: ${error.message}` : error.message,
			);
		}
		throw error;
	}
}

function jsonKind(value: Value): string {
	if (value instanceof GoMap) {
		return "object";
	}
	if (typeof value === "boolean") {
		return "bool";
	}
	return typeof value === "object" ? "array" : typeof value;
}
