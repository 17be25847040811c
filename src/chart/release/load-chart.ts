import { allFunctions } from "../functions/all.ts";
import type { LargeIntegers } from "../go/number.ts";
import { compareStrings, type GoMap, type Value } from "../go/value.ts";
import { ChartError } from "../result.ts";
import type { Template } from "../template/ast.ts";
import { checkFunction } from "../template/engine.ts";
import { parseTemplates } from "../template/parser.ts";
import { readYaml, YamlError } from "../yaml/read-yaml.ts";
import { type ChartMetadata, readMetadata } from "./chart-metadata.ts";
import { keptPaths, parseIgnoreRules } from "./ignore-rules.ts";

/** A chart's files by their paths inside of it, with `/`. */
export type ChartFiles = ReadonlyMap<string, string>;

/** A chart, read and checked, and not yet rendered. */
export interface Chart {
	readonly metadata: ChartMetadata;
	/** The chart's own defaults; never changed. */
	readonly values: GoMap;
	/** `values.schema.json`, where there is one. */
	readonly schema: string | undefined;
	/** What each file defines, by its full name (`demo/templates/a.yaml`), in the order in which Helm goes through them. */
	readonly templates: ReadonlyMap<string, readonly Template[]>;
	/** What `.Files.Get` finds. */
	readonly files: ReadonlyMap<string, string>;
}

/** Reads a chart as Helm's loader does for a folder, and parses its templates. Throws {@link ChartError}. */
export function loadChart(given: ChartFiles): Chart {
	const texts = readTexts(given);
	const chartYaml = texts.get("Chart.yaml");
	if (chartYaml === undefined) {
		throw new ChartError({ message: "Chart.yaml file is missing" });
	}
	const metadata = readMetadata(parseFile("Chart.yaml", chartYaml));
	const foreign = [...texts.keys()].find((path) => /^(?:charts\/(?![_.])|crds\/)/.test(path));
	if (foreign !== undefined) {
		const what = foreign.startsWith("crds/") ? "custom resource definitions" : "subcharts";
		throw new ChartError({ message: `${what} are not supported by this renderer`, file: foreign });
	}
	const check = checkFunction(allFunctions({}));
	return {
		metadata,
		values: readValues("values.yaml", texts.get("values.yaml") ?? ""),
		schema: texts.get("values.schema.json"),
		templates: new Map(
			[...texts.keys()]
				.filter((path) => path.startsWith("templates/"))
				.sort(compareTemplates)
				.map((path) => {
					const name = `${metadata.name}/${path}`;
					return [name, parseTemplates({ name, text: texts.get(path) ?? "" }, check)];
				}),
		),
		files: new Map([...texts].filter(([path]) => !ownFile.test(path))),
	};
}

function readTexts(files: ChartFiles): Map<string, string> {
	const text = (path: string): string => (files.get(path) ?? "").replace(/^\ufeff/, "");
	const kept = keptPaths(files.keys(), parseIgnoreRules(text(".helmignore")));
	return new Map(kept.map((path) => [path, text(path)]));
}

/** What a chart is made of, and so is not among the files that it carries. */
const ownFile =
	/^(?:(?:Chart\.(?:yaml|lock)|values\.(?:yaml|schema\.json)|requirements\.lock)$|(?:templates|charts)\/)/;

/** Deeper folders first, and within a depth backwards: what is defined last wins. */
function compareTemplates(a: string, b: string): number {
	const depth = (path: string): number => path.split("/").length;
	return depth(b) - depth(a) || compareStrings(b, a);
}

/** Values are a map, or nothing. */
export function readValues(file: string, text: string, largeIntegers?: LargeIntegers): GoMap {
	const value = parseFile(file, text, largeIntegers) ?? new Map();
	if (!(value instanceof Map)) {
		throw new ChartError({ message: "values are not a map", file });
	}
	return value;
}

function parseFile(file: string, text: string, largeIntegers?: LargeIntegers): Value {
	try {
		return readYaml(text, largeIntegers);
	} catch (error) {
		if (error instanceof YamlError) {
			throw new ChartError({ message: error.message, file, line: error.line });
		}
		throw error;
	}
}
