import { allFunctions } from "../functions/all.ts";
import type { LargeIntegers } from "../go/large-integer.ts";
import { compareStrings } from "../go/order.ts";
import { utf8Decode } from "../go/utf8.ts";
import { GoMap, type Value } from "../go/value.ts";
import { ChartError } from "../result.ts";
import type { Template } from "../template/ast.ts";
import { checkFunction } from "../template/engine.ts";
import { parseTemplates } from "../template/parser.ts";
import { readYaml } from "../yaml/read-yaml.ts";
import { YamlError } from "../yaml/yaml-error.ts";
import type { ChartFiles } from "./chart-files.ts";
import { type ChartMetadata, readMetadata } from "./chart-metadata.ts";
import { keptPaths, parseIgnoreRules } from "./ignore-rules.ts";

/** A chart, read and checked, and not yet rendered. */
export interface Chart {
	readonly metadata: ChartMetadata;
	/** The chart's own defaults; never changed. */
	readonly values: GoMap;
	/** `values.schema.json`, where there is one. */
	readonly schema: string | undefined;
	/** What each file defines, by its full name (`demo/templates/a.yaml`), in the order in which Helm goes through them. */
	readonly templates: ReadonlyMap<string, readonly Template[]>;
	/** Custom resource definitions, by full name, in order. */
	readonly crds: ReadonlyMap<string, string>;
	/** What `.Files` finds. */
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
	const subchart = [...texts.keys()].find((path) => /^charts\/(?![_.])/.test(path));
	if (subchart !== undefined) {
		throw new ChartError({ message: "subcharts are not supported by this renderer", file: subchart });
	}
	const check = checkFunction(allFunctions({}));
	const named = (folder: string): [string, string][] =>
		[...texts]
			.filter(([path]) => path.startsWith(folder))
			.map(([path, text]) => [`${metadata.name}/${path}`, text]);
	return {
		metadata,
		values: readValues("values.yaml", texts.get("values.yaml") ?? ""),
		schema: texts.get("values.schema.json"),
		templates: new Map(
			named("templates/")
				.sort(([a], [b]) => compareTemplates(a, b))
				.map(([name, text]) => [name, parseTemplates({ name, text }, check)]),
		),
		crds: new Map(
			named("crds/")
				.filter(([path]) => /\.(?:ya?ml|json)$/.test(path))
				.sort(([a], [b]) => comparePaths(a, b)),
		),
		files: new Map([...texts].filter(([path]) => isExtra(path)).sort(([a], [b]) => compareStrings(a, b))),
	};
}

function readTexts(files: ChartFiles): Map<string, string> {
	const text = (content: string | Uint8Array): string =>
		(typeof content === "string" ? content : utf8Decode(content)).replace(/^\ufeff/, "");
	const rules = parseIgnoreRules(text(files.get(".helmignore") ?? ""));
	return new Map(keptPaths(files.keys(), rules).map((path) => [path, text(files.get(path) ?? "")]));
}

const ownFiles = new Set([
	"Chart.yaml",
	"Chart.lock",
	"values.yaml",
	"values.schema.json",
	"requirements.lock",
]);

function isExtra(path: string): boolean {
	return !ownFiles.has(path) && !path.startsWith("templates/") && !path.startsWith("charts/");
}

/** Deeper folders first, and within a depth backwards: what is defined last wins. */
function compareTemplates(a: string, b: string): number {
	const depth = (path: string): number => path.split("/").length;
	return depth(b) - depth(a) || compareStrings(b, a);
}

/** The order in which a folder is walked: name by name. */
function comparePaths(a: string, b: string): number {
	const x = a.split("/");
	const y = b.split("/");
	const i = x.findIndex((name, at) => name !== y[at]);
	return compareStrings(x[i] ?? "", y[i] ?? "");
}

/** Values are a map, or nothing. */
export function readValues(file: string, text: string, largeIntegers?: LargeIntegers): GoMap {
	const value = parseFile(file, text, largeIntegers);
	if (value === null) {
		return new GoMap();
	}
	if (!(value instanceof GoMap)) {
		throw new ChartError({ message: "values are not a map", file });
	}
	return value;
}

export function parseFile(file: string, text: string, largeIntegers?: LargeIntegers): Value {
	try {
		return readYaml(text, largeIntegers);
	} catch (error) {
		if (error instanceof YamlError) {
			throw new ChartError({ message: error.message, file, line: error.line });
		}
		throw error;
	}
}
