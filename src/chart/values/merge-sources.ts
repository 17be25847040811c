import type { LargeIntegers } from "../go/number.ts";
import type { GoMap } from "../go/value.ts";
import { readValues } from "../release/load-chart.ts";
import { ChartError } from "../result.ts";
import { overlay } from "./merge.ts";
import { applySet, type ReadValue, SetError, typedValue } from "./set-flag.ts";

/** Where values come from, besides the chart: Helm's flags by their names, each in the order given. */
export interface ValueSources {
	/** `-f`: paths of YAML files. */
	readonly files?: readonly string[];
	readonly setJson?: readonly string[];
	readonly set?: readonly string[];
	readonly setString?: readonly string[];
	/** `--set-file`: the text of a file as a value. */
	readonly setFile?: readonly string[];
}

/** The text of a file, or undefined where it cannot be read. */
export type ReadText = (path: string) => string | undefined;

/**
 * Merges values as Helm does: whatever the order on the command line, files come first, then `--set-json`, `--set`,
 * `--set-string` and `--set-file`. Throws {@link ChartError}.
 */
export function mergeSources(
	sources: ValueSources,
	readText: ReadText,
	largeIntegers: LargeIntegers = "rounded",
): GoMap {
	const read = (path: string): string => {
		const text = readText(path);
		if (text === undefined) {
			throw new ChartError({ message: "cannot be read", file: path });
		}
		return text;
	};
	const values = (sources.files ?? []).reduce<GoMap>(
		(base, path) => overlay(base, readValues(path, read(path), largeIntegers)),
		new Map(),
	);
	apply(values, "--set-json", sources.setJson, largeIntegers === "exact" ? "exact json" : "json");
	apply(values, "--set", sources.set, typedValue);
	apply(values, "--set-string", sources.setString, (text) => text);
	apply(values, "--set-file", sources.setFile, read);
	return values;
}

function apply(values: GoMap, flag: string, expressions: readonly string[] = [], readValue: ReadValue): void {
	for (const expression of expressions) {
		try {
			applySet(expression, values, readValue);
		} catch (error) {
			throw error instanceof SetError
				? new ChartError({ message: `failed parsing ${flag} data: ${error.message}`, expression })
				: error;
		}
	}
}
