import { stringify } from "yaml";
import { isArray, isObject, type Json } from "../../../inject/json.ts";
import { Numeral } from "../../../inject/numeral.ts";
import { jsonText } from "./json-text.ts";
import { writeOptions } from "./write-options.ts";

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
	const text = stringify(value, { ...writeOptions, indentSeq })
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
	const text = stringify(value, writeOptions).trimEnd();
	return text.includes("\n") ? JSON.stringify(value) : text;
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
