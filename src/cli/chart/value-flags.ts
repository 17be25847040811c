import { type ChartResult, mergeValues, type PlainMap } from "../../chart/index.ts";
import type { StrictCommand } from "../../command/strict-command.ts";
import type { Problem } from "../../domain/problem.ts";
import { readingProblem } from "../../host/node-text.ts";

/** Helm's flags for values, each with what it was given, in order. */
export interface ValueFlags {
	readonly values?: readonly string[];
	readonly set?: readonly string[];
	readonly setString?: readonly string[];
	readonly setJson?: readonly string[];
	readonly setFile?: readonly string[];
}

export function addValueFlags(command: StrictCommand): StrictCommand {
	return command
		.option("-f, --values <files>", "values, from YAML files (- is standard input)", collect)
		.option("--set <key=value>", "values, such as proxyInit.iptablesMode=nft,a.b[0]=1", collect)
		.option("--set-string <key=value>", "the same, where every value is a text", collect)
		.option("--set-json <key=json>", "values that are JSON", collect)
		.option("--set-file <key=file>", "values that are the text of a file", collect);
}

function collect(value: string, before: readonly string[] = []): string[] {
	return [...before, value];
}

/** Where files are read. */
interface ValueFiles {
	/** Both throw for what cannot be read, as readTextFile does. */
	readFile(path: string): string;
	stdin(): string;
}

/** What the flags say together, over files of our own. The chart's defaults are not in it. */
export function readGivenValues(
	flags: ValueFlags,
	files: ValueFiles,
	below: readonly string[] = [],
): ChartResult<PlainMap> {
	const { values = [], set = [], setString = [], setJson = [], setFile = [] } = flags;
	let unreadable: Problem | undefined;
	const merged = mergeValues(
		{ files: [...below, ...values.flatMap(splitList)], set, setString, setJson, setFile },
		(path) => {
			const isInput = path.trim() === "-";
			try {
				return isInput ? files.stdin() : files.readFile(path);
			} catch (error) {
				unreadable ??= readingProblem(
					isInput ? "standard input" : path,
					error,
					"a file, or - for standard input",
				);
				return undefined;
			}
		},
		"exact",
	);
	if (unreadable === undefined) {
		return merged;
	}
	const { source, complaint, accepted } = unreadable;
	return { ok: false, problem: { file: source, message: `${complaint} (want ${accepted})` } };
}

/**
 * The items of a list flag, `a,b,"c,d"`: Go's command lines read it as a line of CSV (spf13/pflag, string_slice.go).
 * Quotes that do not surround an item belong to it.
 */
export function splitList(text: string): string[] {
	const items = text === "" ? [] : `,${text}`.matchAll(/,(?:"((?:[^"]|"")*)"(?=,|$)|([^,]*))/g);
	return [...items].map(([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain);
}
