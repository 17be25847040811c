import { isArray, type Json } from "../../../inject/json.ts";
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

/** JSON has no such numbers; where it is written into YAML, YAML has. */
function yamlOnly(value: number): string {
	if (Number.isNaN(value)) {
		return ".nan";
	}
	return value > 0 ? ".inf" : "-.inf";
}
