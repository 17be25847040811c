import { allFunctions } from "../functions/all.ts";
import type { LargeIntegers } from "../go/number.ts";
import { compareStrings, type GoMap, type Value } from "../go/value.ts";
import { ChartError } from "../result.ts";
import type { Template } from "../template/ast.ts";
import { checkFunction } from "../template/engine.ts";
import { parseTemplates } from "../template/parser.ts";
import { readYaml, YamlError } from "../yaml/read-yaml.ts";
import { type ChartMetadata, readMetadata } from "./chart-metadata.ts";

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

/** Whether `.helmignore` leaves a path out. */
type IgnoreRules = (path: string, isFolder: boolean) => boolean;

interface Rule {
	readonly negated: boolean;
	readonly foldersOnly: boolean;
	readonly matches: (path: string) => boolean;
}

/** `.helmignore`, and one rule that always holds: dot files among the templates are none. */
export function parseIgnoreRules(text: string): IgnoreRules {
	const lines = text.replace(/^\ufeff/, "").split("\n");
	const rules = [...lines, "templates/.?*"]
		.map((line) => line.trim())
		.filter((line) => line !== "" && !line.startsWith("#"));
	const parsed = rules.map(parseRule);
	return (path, isFolder) => isIgnored(parsed, path, isFolder);
}

/** The first rule that decides wins; one with `!` decides against everything that it does not name. */
function isIgnored(rules: readonly Rule[], path: string, isFolder: boolean): boolean {
	for (const rule of rules) {
		const applies = (isFolder || !rule.foldersOnly) && rule.matches(path);
		if (applies !== rule.negated) {
			return true;
		}
	}
	return false;
}

function parseRule(line: string): Rule {
	if (line.includes("**")) {
		throw new ChartError({
			message: "double-star (**) syntax is not supported",
			file: ".helmignore",
			expression: line,
		});
	}
	const negated = line.startsWith("!");
	const foldersOnly = line.endsWith("/");
	const body = line.slice(negated ? 1 : 0, foldersOnly ? -1 : undefined);
	const pattern = compileShellPattern(body.replace(/^\//, ""));
	const whole = body.includes("/");
	return {
		negated,
		foldersOnly,
		matches: (path) => pattern.test(whole ? path : path.slice(path.lastIndexOf("/") + 1)),
	};
}

/** filepath.Match: `*` and `?` stop at slashes, `[a-z]`, `[^a-z]`, and a backslash escapes. */
function compileShellPattern(pattern: string): RegExp {
	const source = pattern.replace(
		/\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\\(.)|[^*?[\\]/gsu,
		(piece, escaped?: string) => {
			if (piece === "*" || piece === "?") {
				return piece === "*" ? "[^/]*" : "[^/]";
			}
			return piece.startsWith("[") ? piece : quoteChar(escaped ?? piece);
		},
	);
	try {
		return new RegExp(`^${source}$`, "su");
	} catch {
		throw new ChartError({ message: "syntax error in pattern", file: ".helmignore", expression: pattern });
	}
}

function quoteChar(char: string): string {
	return /^\w$/.test(char) ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The paths that are left, folders that are ignored taken out with everything in them. */
export function keptPaths(paths: Iterable<string>, rules: IgnoreRules): string[] {
	return [...paths].filter((path) => {
		const parts = path.split("/");
		const inIgnoredFolder = parts.slice(1).some((_, i) => rules(parts.slice(0, i + 1).join("/"), true));
		return !inIgnoredFolder && !rules(path, false);
	});
}
