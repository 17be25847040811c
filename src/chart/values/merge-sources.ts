import { harmless } from "../../domain/harmless.ts";
import type { LargeIntegers } from "../go/number.ts";
import type { GoMap, Value } from "../go/value.ts";
import { readValues } from "../release/load-chart.ts";
import { ChartError } from "../result.ts";
import { applySet, type NamelessKeys, type ReadValue, SetError, typedValue } from "./set-flag.ts";

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
	const isExact = largeIntegers === "exact";
	// Who wants everything as it was written wants nothing dropped.
	const namelessKeys = isExact ? "refused" : "dropped";
	const sets = (readValue: ReadValue) => ({ readValue, namelessKeys }) as const;
	apply(values, "--set-json", sources.setJson, sets(isExact ? "exact json" : "json"));
	apply(values, "--set", sources.set, sets(typedValue));
	apply(
		values,
		"--set-string",
		sources.setString,
		sets((text) => text),
	);
	apply(values, "--set-file", sources.setFile, sets(read));
	return values;
}

const forms = {
	"--set": "KEY=VALUE, such as a.b=1, a.b[0]=1 or a.b={1,2}, several with commas between them",
	"--set-string": "KEY=TEXT, such as a.b=1, several with commas between them",
	"--set-json": "KEY=JSON, such as a.b=[1,2]",
	"--set-file": "KEY=FILE, such as a.b=text.pem",
} as const;

function apply(
	values: GoMap,
	flag: keyof typeof forms,
	expressions: readonly string[] = [],
	{ readValue, namelessKeys }: { readonly readValue: ReadValue; readonly namelessKeys: NamelessKeys },
): void {
	for (const expression of expressions) {
		try {
			applySet(expression, values, readValue, namelessKeys);
		} catch (error) {
			throw error instanceof SetError
				? new ChartError({
						// Keys, which it names, may have lines of their own.
						message: `${JSON.stringify(expression)} cannot be read: ${harmless(error.message)} (want ${forms[flag]})`,
						file: flag,
					})
				: error;
		}
	}
}

/** A values file over the ones before it: maps merge, everything else replaces, null included. */
export function overlay(base: GoMap, over: GoMap): GoMap {
	const merged = new Map(base);
	for (const [key, value] of over) {
		const below = merged.get(key);
		merged.set(key, below instanceof Map && value instanceof Map ? overlay(below, value) : value);
	}
	return merged;
}

/** Told of what is probably a mistake. */
type Warn = (warning: string) => void;

/**
 * The user's values over the chart's own (chartutil.CoalesceValues). A null takes away the chart's default and then
 * goes away itself; where the chart has no such key it is kept, and below the top so is one that the chart itself has.
 * Where one has a map and the other has not, the user's value wins, and `warn` hears of it. Both maps are used up:
 * what comes out shares their parts.
 */
export function coalesce(user: GoMap, chart: GoMap, warn: Warn = () => undefined, path = ""): GoMap {
	for (const [key, value] of chart) {
		const given = user.get(key);
		if (!user.has(key)) {
			user.set(key, value);
		} else if (given !== null) {
			coalesceValue(given, value, `${path}${key}`, warn);
		} else if (path === "" || value !== null) {
			user.delete(key);
		}
	}
	return user;
}

function coalesceValue(given: Value, value: Value, path: string, warn: Warn): void {
	if (given instanceof Map && value instanceof Map) {
		coalesce(given, value, warn, `${path}.`);
	} else if (given instanceof Map && value !== null) {
		warn(`values: ${path} is a map now, and was none in the chart`);
	} else if (value instanceof Map) {
		warn(`values: ${path} is no map now, and was one in the chart`);
	}
}
