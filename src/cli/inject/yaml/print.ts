import {
	type CreateNodeOptions,
	Document,
	type DocumentOptions,
	type ScalarTag,
	type SchemaOptions,
	stringify,
	type ToStringOptions,
	visit,
} from "yaml";
import { isArray, isObject, type Json, type JsonObject } from "../../../inject/json.ts";
import { Numeral } from "../../../inject/numeral.ts";

/** How a file is written, so that what comes in looks like what is there. */
export interface Style {
	readonly eol: "\n" | "\r\n";
	/** Whether the dashes of a sequence stand further in than its key. */
	readonly indentSeq: boolean;
}

/** Whole lines, each indented by `column`. */
export function printBlock(value: Json, column: number, style: Style): string {
	return partsOf(value)
		.map((part) => printPart(part, column, style))
		.join("");
}

/** A list's or map's lines are those of its items one after the other. */
function partsOf(value: Json): readonly Json[] {
	if (isArray(value) && value.length > 1) {
		return value.map((item) => [item]);
	}
	const entries = isObject(value) ? Object.entries(value) : [];
	return entries.length > 1 ? entries.map((entry) => Object.fromEntries([entry])) : [value];
}

/**
 * What was printed last. The same containers go into one workload after the other, and the library takes longer to print
 * them than everything else takes together.
 */
const printed = new Map<string, string>();
const maxPrinted = 100;

function printPart(value: Json, column: number, { eol, indentSeq }: Style): string {
	const key = `${column} ${indentSeq} ${eol.length} ${holdsNumeral(value) ? "" : JSON.stringify(value)}`;
	const known = key.endsWith(" ") ? undefined : printed.get(key);
	if (known !== undefined) {
		return known;
	}
	const text = printYaml(value, { indentSeq })
		.replace(/^(?=.)/gm, " ".repeat(column))
		.replaceAll("\n", eol);
	if (!key.endsWith(" ")) {
		remember(key, text);
	}
	return text;
}

function remember(key: string, text: string): void {
	const [oldest] = printed.keys();
	if (printed.size >= maxPrinted && oldest !== undefined) {
		printed.delete(oldest);
	}
	printed.set(key, text);
}

/** Whose text would be taken for that of a string. */
function holdsNumeral(value: Json): boolean {
	if (isArray(value) || isObject(value)) {
		return Object.values(value).some(holdsNumeral);
	}
	return value instanceof Numeral;
}

/** A scalar on one line. */
export function printScalar(value: Json): string {
	const text = printYaml(value).replace(/\n$/, "");
	return text.includes("\n") ? jsonText(value, "") : text;
}

/** JSON, which is also YAML, on one line. */
export function printFlow(value: Json): string {
	// A line break in JSON text is never part of a string.
	return jsonText(value, "\t").replace(/\n\t*/g, " ");
}

/** JSON on several lines, the first of which is already indented. */
export function printFlowLines(value: Json, indent: string, unit: string, { eol }: Style): string {
	return jsonText(value, unit).replaceAll("\n", eol + indent);
}

/**
 * Numbers as they were written. What kubectl takes for a number, and the library's YAML 1.1 does not, is also what a text
 * must not look like without quotes.
 */
const numeralTag: ScalarTag = {
	tag: "tag:yaml.org,2002:float",
	default: true,
	identify: (value) => value instanceof Numeral,
	test: /^[-+]?(?:0[bBoOxX]_?[\da-fA-F_]+|(?:\.[\d_]+|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?[\d_]+)?)$/,
	resolve: (text) => text,
	stringify: ({ value }) => `${value}`,
};

/** Version 1.1, so that a text which that version would take for something else gets its quotes. */
const writeOptions: DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions = {
	version: "1.1",
	// The library writes every "<<" without quotes as long as it knows merges.
	merge: false,
	customTags: (tags) => [
		numeralTag,
		...tags.filter((tag) => typeof tag === "string" || tag.tag !== "tag:yaml.org,2002:merge"),
	],
	indent: 2,
	// Folding would break arguments and annotations over lines.
	lineWidth: 0,
	aliasDuplicateObjects: false,
};

/** YAML that kubectl takes for this value. */
export function printYaml(value: unknown, options: ToStringOptions = {}): string {
	const text = stringify(value, { ...writeOptions, ...options });
	return isFragile.test(text) ? printEscaped(value, options) : text;
}

/** What breaks a line for kubectl's reader and not for the library, and what that reader takes in no quotes. */
const unwritten = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** Also a tab that begins a line, which it takes for a wrong indentation, and a key that would merge. */
const isFragile = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|^ *\t|^[ -]*<</m;

function printEscaped(value: unknown, options: ToStringOptions): string {
	const document = new Document(value, writeOptions);
	visit(document, {
		Scalar: (_, node) => {
			if (typeof node.value === "string" && isFragile.test(node.value)) {
				node.type = "QUOTE_DOUBLE";
			}
		},
	});
	const oneLine = { doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER };
	return escaped(document.toString({ ...writeOptions, ...oneLine, ...options }));
}

/** Only double quotes may hold such characters. */
function escaped(quoted: string): string {
	return quoted.replace(unwritten, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A JSON text that says the same as YAML. */
export function jsonString(text: string): string {
	return escaped(JSON.stringify(text));
}

/** As JSON.stringify writes it with this unit of indentation, but every number exactly. */
function jsonText(value: Json, unit: string, indent = ""): string {
	if (value instanceof Numeral) {
		return value.json;
	}
	if (typeof value === "number" && !Number.isFinite(value)) {
		return yamlOnly(value);
	}
	if (typeof value !== "object" || value === null) {
		return typeof value === "string" ? jsonString(value) : JSON.stringify(value);
	}
	const deeper = indent + unit;
	const items = isArray(value)
		? value.map((item) => jsonText(item, unit, deeper))
		: Object.entries(value).map(([key, item]) => `${jsonString(key)}: ${jsonText(item, unit, deeper)}`);
	const [open, close] = isArray(value) ? "[]" : "{}";
	return items.length === 0
		? `${open}${close}`
		: `${open}\n${deeper}${items.join(`,\n${deeper}`)}\n${indent}${close}`;
}

/** The same without a blank. */
export function compactJson(value: Json): string {
	if (value instanceof Numeral || typeof value !== "object" || value === null) {
		return jsonText(value, "");
	}
	return isArray(value) ? `[${value.map(compactJson).join(",")}]` : `{${compactPairs(value)}}`;
}

/** What stands between the braces. */
export function compactPairs(object: JsonObject): string {
	return Object.entries(object)
		.map(([key, item]) => `${jsonString(key)}:${compactJson(item)}`)
		.join(",");
}

/** Compact JSON in pieces, none of which ends within a word of it, as JSON.stringify lays it out. */
export function* laidOut(pieces: Iterable<string>, unit: string, indent: string): Generator<string> {
	let margin = `\n${indent}`;
	for (const piece of pieces) {
		yield piece.replace(/"(?:[^"\\]|\\.)*"|\[\]|\{\}|[{}[\],:]/g, (word) => {
			switch (word) {
				case "{":
				case "[":
					margin += unit;
					return word + margin;
				case "}":
				case "]":
					margin = margin.slice(0, -unit.length);
					return margin + word;
				case ",":
					return word + margin;
				case ":":
					return ": ";
				default:
					return word;
			}
		});
	}
}

/** JSON has no such numbers; where it is written into YAML, YAML has. */
function yamlOnly(value: number): string {
	if (Number.isNaN(value)) {
		return ".nan";
	}
	return value > 0 ? ".inf" : "-.inf";
}
