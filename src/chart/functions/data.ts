import { escapeHtml, JsonError, readJson, writeJson } from "../go/json.ts";
import { base64Decode, base64Encode } from "../go/text.ts";
import { CallError, type Value } from "../go/value.ts";
import { readYaml, YamlError } from "../yaml/read-yaml.ts";
import { writeYaml } from "../yaml/write-yaml.ts";
import { type FunctionTable, fixed } from "./function.ts";

/** Data to text and back. `fromX` swallow errors as Helm's do: bad text becomes a map with `Error`, or a list of one. */
export const dataFunctions: FunctionTable = {
	toYaml: fixed(["any"], (value) => writeYaml(value)),
	toJson: fixed(["any"], (value) => escapeHtml(writeJson(value))),
	toRawJson: fixed(["any"], writeJson),
	fromYaml: fixed(["string"], (text) => orComplaint(() => asMap(readYaml(text)), mapOf)),
	fromJson: fixed(["string"], (text) => orComplaint(() => asMap(readJson(text)), mapOf)),
	fromYamlArray: fixed(["string"], (text) => orComplaint(() => asList(readYaml(text)), listOf)),
	fromJsonArray: fixed(["string"], (text) => orComplaint(() => asList(readJson(text)), listOf)),
	b64enc: fixed(["string"], base64Encode),
	// Go's message is the result, for want of another way to fail.
	b64dec: fixed(["string"], (text) => base64Decode(text) ?? "illegal base64 data"),
};

function orComplaint(read: () => Value, complaint: (message: string) => Value): Value {
	try {
		return read();
	} catch (error) {
		if (error instanceof JsonError || error instanceof YamlError || error instanceof CallError) {
			return complaint(error.message);
		}
		throw error;
	}
}

function asMap(value: Value): Value {
	return value instanceof Map || value == null ? (value ?? new Map()) : refuse("map");
}

function asList(value: Value): Value {
	return Array.isArray(value) || value == null ? (value ?? []) : refuse("list");
}

function refuse(wanted: string): never {
	throw new CallError(`what is read is no ${wanted}`);
}

const mapOf = (message: string): Value => new Map([["Error", message]]);
const listOf = (message: string): Value => [message];
