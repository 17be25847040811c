import { isArray, type Json, type JsonObject } from "../../../inject/json.ts";
import { Numeral } from "../../../inject/numeral.ts";

/** As JSON.stringify writes it with this unit of indentation, but every number exactly. */
export function jsonText(value: Json, unit: string, indent = ""): string {
	if (value instanceof Numeral) {
		return value.json;
	}
	if (typeof value === "number" && !Number.isFinite(value)) {
		return yamlOnly(value);
	}
	if (typeof value !== "object" || value === null) {
		return JSON.stringify(value);
	}
	const deeper = indent + unit;
	const items = isArray(value)
		? value.map((item) => jsonText(item, unit, deeper))
		: Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item, unit, deeper)}`);
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
		.map(([key, item]) => `${JSON.stringify(key)}:${compactJson(item)}`)
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
