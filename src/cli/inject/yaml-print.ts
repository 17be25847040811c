import { stringify } from "yaml";
import type { Json } from "../../inject/json.ts";
import { writeOptions } from "./yaml-options.ts";

/** How a file is written, so that what comes in looks like what is there. */
export interface Style {
	readonly eol: "\n" | "\r\n";
	/** Whether the dashes of a sequence stand further in than its key. */
	readonly indentSeq: boolean;
}

/** Whole lines, each indented by `column`. */
export function printBlock(value: Json, column: number, { eol, indentSeq }: Style): string {
	const indent = " ".repeat(column);
	return stringify(value, { ...writeOptions, indentSeq })
		.replace(/^(?=.)/gm, indent)
		.replaceAll("\n", eol);
}

/** A scalar on one line. */
export function printScalar(value: Json): string {
	const text = stringify(value, writeOptions).trimEnd();
	return text.includes("\n") ? JSON.stringify(value) : text;
}

/** JSON, which is also YAML, on one line. */
export function printFlow(value: Json): string {
	// A line break in JSON text is never part of a string.
	return JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
}

/** JSON on several lines, the first of which is already indented. */
export function printFlowLines(value: Json, indent: string, unit: string, { eol }: Style): string {
	return JSON.stringify(value, null, unit).replaceAll("\n", eol + indent);
}
