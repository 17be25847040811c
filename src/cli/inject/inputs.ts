import { err, ok, type Problem, type Result } from "../../domain/problem.ts";
import { readingProblem } from "../../host/node-text.ts";
import type { InjectConfig } from "../../inject/config.ts";
import { parseInjectConfig } from "../../inject/parse-config.ts";
import { parseOneDocument } from "../../yaml/documents.ts";
import type { ManifestIo } from "../io.ts";

/** A manifest file's text and what messages call it. */
export interface Input {
	readonly name: string;
	readonly text: string;
}

/** Files, directories with everything below them that looks like a manifest, and `-` for standard input. */
export function readInputs(paths: readonly string[], io: ManifestIo): Result<readonly Input[]> {
	if (paths.length === 0) {
		return err({ source: "arguments", complaint: "name no manifest", accepted: "files, directories, or -" });
	}
	if (paths.filter((path) => path === "-").length > 1) {
		return err({ source: "-", complaint: "is given twice", accepted: "standard input once" });
	}
	const problems: Problem[] = [];
	const inputs = paths.flatMap((path) =>
		path === "-" ? readStandardInput(io, problems) : readPath(path, io, problems),
	);
	return problems.length > 0 ? err(...problems) : ok(inputs);
}

function readStandardInput(io: ManifestIo, problems: Problem[]): Input[] {
	const name = "standard input";
	try {
		return [{ name, text: io.stdin() }];
	} catch (error) {
		problems.push(readingProblem(name, error, "manifests"));
		return [];
	}
}

function readPath(path: string, io: ManifestIo, problems: Problem[]): Input[] {
	try {
		const names = io.list(path);
		return names === undefined
			? [{ name: path, text: io.readFile(path) }]
			: readDirectory(path, names, io, problems);
	} catch (error) {
		const problem = readingProblem(path, error, "a file or a directory, or - for standard input");
		problems.push(isMissing(error) ? missing(problem) : problem);
		return [];
	}
}

function readDirectory(path: string, names: readonly string[], io: ManifestIo, problems: Problem[]): Input[] {
	const folder = path.replace(/\/+$/, "");
	return names
		.toSorted()
		.map((name) => `${folder}/${name}`)
		.filter((below) => isWanted(below, io))
		.flatMap((below) => readPath(below, io, problems));
}

/** A link that leads nowhere is not a directory, and not a manifest unless its name says so. */
function isWanted(path: string, io: ManifestIo): boolean {
	try {
		return /\.(?:ya?ml|json)$/.test(path) || io.list(path) !== undefined;
	} catch {
		return false;
	}
}

/** Node puts a replacement character where a name is not UTF-8, and then finds no such file. */
function missing(problem: Problem): Problem {
	return problem.source.includes("\ufffd")
		? { ...problem, complaint: "has a name that is not UTF-8", accepted: "a file whose name is" }
		: { ...problem, complaint: "does not exist" };
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** A release's values from a YAML or JSON file; the defaults without one. */
export function readConfig(path: string | undefined, io: ManifestIo): Result<InjectConfig> {
	if (path === undefined) {
		return parseInjectConfig({});
	}
	const text = readText(path, io);
	if (!text.ok) {
		return text;
	}
	const values = parseOneDocument(text.value, path);
	if (!values.ok) {
		return values;
	}
	const config = parseInjectConfig(values.value);
	return config.ok
		? config
		: err(...config.problems.map((problem) => ({ ...problem, source: `${path}: ${problem.source}` })));
}

function readText(path: string, io: ManifestIo): Result<string> {
	try {
		return ok(io.readFile(path));
	} catch (error) {
		return err(readingProblem(path, error, "a file with a release's values"));
	}
}
