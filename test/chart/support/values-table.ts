import { isMap, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { Json, JsonObject } from "../../../src/inject/json.ts";
import { get, isArray, isObject, objectAt, textAt } from "../../../src/inject/json.ts";

/** A value that the chart documents. */
export interface DocumentedValue {
	/** As in `--set`. */
	readonly path: string;
	/** What stands behind `# --`. */
	readonly description: string;
	readonly value: Json;
}

/** The values of a values.yaml that have a comment of the form `# -- …`, or are no section and lack one. */
export function documentedValues(yaml: string): DocumentedValue[] {
	const { contents } = parseDocument(yaml);
	return isMap(contents) ? valuesBelow(contents as YAMLMap, "") : [];
}

function valuesBelow(map: YAMLMap, path: string): DocumentedValue[] {
	return map.items.flatMap((pair, index) => {
		const key = String(pair.key);
		const description = descriptionOf(commentOf(pair, index === 0 ? map : undefined));
		return description === "" && isMap(pair.value)
			? valuesBelow(pair.value as YAMLMap, `${path}${key}.`)
			: [{ path: `${path}${key}`, description, value: JSON.parse(JSON.stringify(pair.value)) as Json }];
	});
}

/** What stands before a map's first key belongs to the map. */
function commentOf({ key }: Pair, map: YAMLMap | undefined): string {
	const before = (node: unknown) => (node as { commentBefore?: string | null } | null)?.commentBefore ?? "";
	return before(key) || before(map);
}

/** Only the last paragraph is about the key. */
function descriptionOf(comment: string): string {
	const lines = comment.split("\n").map((line) => line.trim());
	const start = lines.findLastIndex((line) => line.startsWith("-- "));
	return start < 0 ? "" : lines.slice(start).join(" ").replace(/^-- /, "");
}

/** The paths of what a schema says of values: its properties that are no sections. */
export function schemaPaths(schema: JsonObject): ReadonlyMap<string, JsonObject> {
	return new Map(pathsBelow(schema, schema, ""));
}

function pathsBelow(root: JsonObject, schema: JsonObject, path: string): [string, JsonObject][] {
	return Object.entries(objectAt(schema, "properties")).flatMap(([key, property]) => {
		const found = isObject(property) ? property : {};
		const below = resolve(root, found);
		return isSection(below) ? pathsBelow(root, below, `${path}${key}.`) : [[`${path}${key}`, found]];
	});
}

/** Objects of Kubernetes' own, and of cert-manager's, have properties too, but are one value. */
function isSection(schema: JsonObject): boolean {
	return get(schema, "properties") !== undefined && textAt(schema, "title") === undefined;
}

function resolve(root: JsonObject, schema: JsonObject): JsonObject {
	const name = /^#\/definitions\/(\w+)$/.exec(textAt(schema, "$ref") ?? "")?.[1];
	return name === undefined ? schema : objectAt(objectAt(root, "definitions"), name);
}

/** What kind of value a schema asks for, for people. */
export function typeOf(root: JsonObject, schema: JsonObject): string {
	const resolved = resolve(root, schema);
	const title = textAt(resolved, "title");
	const words = get(resolved, "enum");
	if (title !== undefined) {
		return title;
	}
	if (isArray(words)) {
		const named = words.filter((word) => word !== "" && word !== null);
		return named.map((word) => `\`${word}\``).join(", ");
	}
	const items = get(resolved, "items");
	const types = [get(resolved, "type") ?? ""].flat().filter((type) => type !== "null");
	return types.length === 1 && types[0] === "array" && isObject(items)
		? `list of ${typeOf(root, items)}`
		: types.map((type) => plainWords[String(type)] ?? String(type)).join(" or ");
}

const plainWords: Readonly<Record<string, string>> = { string: "text", integer: "whole number" };

/** The table of a chart's values, in Markdown. */
export function valuesTable(yaml: string, schema: JsonObject): string {
	const schemas = schemaPaths(schema);
	const rows = documentedValues(yaml).map(({ path, description, value }) => {
		const type = typeOf(schema, schemas.get(path) ?? {});
		return [`\`${path}\``, type, defaultOf(value), description].map((cell) => cell.replaceAll("|", "\\|"));
	});
	return [["value", "type", "default", "what it does"], ["---", "---", "---", "---"], ...rows]
		.map((cells) => `| ${cells.join(" | ")} |`)
		.join("\n");
}

function defaultOf(value: Json): string {
	const isEmpty =
		value === "" || value === null || (typeof value === "object" && Object.keys(value).length === 0);
	return isEmpty ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
