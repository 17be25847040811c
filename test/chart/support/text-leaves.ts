import { readFileSync } from "node:fs";
import { get, isArray, isObject, type JsonObject, objectAt, textAt } from "../../../src/inject/json.ts";

/** A place of the values where a text belongs: keys, 0 for a list's item and `key` for any of a map's. */
export type Leaf = readonly (string | number)[];

/** Every place where the chart's schema wants a text, however it says so: none is left out for being written otherwise. */
export function textLeaves(folder: string): Leaf[] {
	const schema = JSON.parse(readFileSync(`${folder}values.schema.json`, "utf8")) as JsonObject;
	return leavesOf(schema, schema, []);
}

function leavesOf(root: JsonObject, schema: JsonObject, path: Leaf): Leaf[] {
	const node = resolve(root, schema);
	const asked = [node, objectAt(node, "else")].map((part) => resolve(root, part));
	const below = asked.flatMap((part) => [
		...Object.entries(objectAt(part, "properties")).flatMap(([key, property]) =>
			isObject(property) ? leavesOf(root, property, [...path, key]) : [],
		),
		...(isObject(get(part, "items")) ? leavesOf(root, objectAt(part, "items"), [...path, 0]) : []),
		...(isObject(get(part, "additionalProperties"))
			? leavesOf(root, objectAt(part, "additionalProperties"), [...path, "key"])
			: []),
	]);
	return asked.some(isText) ? [path, ...below] : below;
}

/** A text and no number: what takes a number too has lost nothing. A tag by `--set` is a text that looks like one. */
function isText(schema: JsonObject): boolean {
	const types = [get(schema, "type") ?? []].flat();
	const words = get(schema, "enum");
	const isTag = textAt(schema, "title") === "text" && types.length === 0;
	return (
		isTag ||
		(types.includes("string") && !types.includes("number") && !types.includes("integer")) ||
		(isArray(words) && words.every((word) => typeof word === "string" || word === null))
	);
}

function resolve(root: JsonObject, schema: JsonObject): JsonObject {
	const name = /^#\/definitions\/(\w+)$/.exec(textAt(schema, "$ref") ?? "")?.[1];
	return name === undefined ? schema : objectAt(objectAt(root, "definitions"), name);
}
