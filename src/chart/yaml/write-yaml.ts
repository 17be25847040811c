import { formatFloat } from "../go/float.ts";
import { toWellFormed } from "../go/utf8.ts";
import { GoBytes, GoInt, GoMap, GoObject, GoSlice, type Value } from "../go/value.ts";
import { readJson } from "../json/read-json.ts";
import { writeJson } from "../json/write-json.ts";
import { Emitter } from "./emitter.ts";
import { compareKeys } from "./key-order.ts";
import { isPlainWord, isSimpleKey } from "./scalar-style.ts";
import { writePlain, writeString } from "./write-scalar.ts";

/** libyaml refuses these, and so does Helm's `toYaml`, which takes the way over JSON. */
const refused = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

/** A value that YAML cannot be made of. */
export class YamlWriteError extends Error {
	override readonly name = "YamlWriteError";
}

/**
 * The YAML that sigs.k8s.io/yaml makes of a value, to the byte: encoding/json first, then go-yaml v2, which is
 * libyaml's emitter. No option of a YAML library yields its quoting, its order of keys and its line breaks at once.
 */
export function writeYaml(value: Value): string {
	const emitter = new Emitter();
	writeNode(emitter, value, { indent: -2, inMapping: false });
	if (emitter.column > 0 || !emitter.toString().endsWith("\n")) {
		emitter.breakLine();
	}
	return emitter.toString();
}

interface Place {
	/** The column of the collection that this is in; -2 for the root. */
	readonly indent: number;
	/** A list that is a key's value begins at the key's own column. */
	readonly inMapping: boolean;
}

function writeNode(emitter: Emitter, value: Value, place: Place): void {
	if (typeof value === "string") {
		writeString(emitter, throughJson(value), Math.max(place.indent, 0) + 2);
	} else if (value instanceof GoMap && value.entries.size > 0) {
		writeMap(emitter, value.entries, place.indent + 2);
	} else if (value instanceof GoSlice && value.items.length > 0) {
		writeList(emitter, value.items, place);
	} else if (value instanceof GoBytes || value instanceof GoObject) {
		writeNode(emitter, readJson(writeJson(value)), place);
	} else {
		writePlain(emitter, wordFor(value), undefined);
	}
}

/** What has no inside and needs no quotes. */
function wordFor(value: Exclude<Value, string | GoBytes | GoObject>): string {
	switch (typeof value) {
		case "number":
			return numberText(value);
		case "boolean":
			return String(value);
		default:
			return emptyWord(value);
	}
}

function emptyWord(value: null | undefined | GoInt | GoMap | GoSlice): string {
	if (value instanceof GoInt) {
		return value.value.toString();
	}
	if (value == null || value.isNil) {
		return "null";
	}
	return value instanceof GoMap ? "{}" : "[]";
}

function writeMap(emitter: Emitter, entries: ReadonlyMap<string, Value>, indent: number): void {
	const sorted = [...entries].map(([key, item]): [string, Value] => [keyThroughJson(key), item]);
	for (const [key, item] of sorted.sort(([a], [b]) => compareKeys(a, b))) {
		emitter.indent(indent);
		if (isSimpleKey(key)) {
			writeString(emitter, key, indent + 2, true);
			emitter.indicator(":");
		} else {
			emitter.indicator("?", { indention: true });
			writeString(emitter, key, indent + 2);
			emitter.indent(indent);
			emitter.indicator(":", { indention: true });
		}
		writeNode(emitter, item, { indent, inMapping: true });
	}
}

function writeList(emitter: Emitter, items: readonly Value[], place: Place): void {
	const indent = place.inMapping && !emitter.indention ? place.indent : place.indent + 2;
	for (const item of items) {
		emitter.indent(indent);
		emitter.indicator("-", { indention: true });
		writeNode(emitter, item, { indent, inMapping: false });
	}
}

/** What a string looks like after JSON: never broken UTF-8; and U+0085, which JSON leaves alone, is a line to YAML. */
function throughJson(text: string): string {
	if (isPlainWord(text)) {
		return text;
	}
	if (refused.test(text)) {
		throw new YamlWriteError("control characters are not allowed");
	}
	return toWellFormed(text).replace(/[ \t]*\u0085(?:[ \t]*\u0085)*[ \t]*/g, (run) => {
		const lines = run.replace(/[^\u0085]/g, "").length;
		return lines === 1 ? " " : "\n".repeat(lines - 1);
	});
}

/** A key has to be on one line. */
function keyThroughJson(text: string): string {
	if (text.includes("\u0085")) {
		throw new YamlWriteError("did not find expected ',' or '}'");
	}
	return throughJson(text);
}

/** A whole number that fits 64 bits has no exponent; everything else is written as `%g`. */
function numberText(value: number): string {
	if (!Number.isFinite(value)) {
		throw new YamlWriteError(`json: unsupported value: ${formatFloat(value, "g")}`);
	}
	if (Number.isInteger(value)) {
		const whole = BigInt(formatFloat(value, "f"));
		if (whole >= -(2n ** 63n) && whole < 2n ** 64n) {
			return whole.toString();
		}
	}
	return formatFloat(value, "g");
}
