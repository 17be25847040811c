import { fail, ok, type Result } from "../../domain/problem.ts";
import { readingProblem } from "../../host/node-text.ts";
import type { InjectConfig } from "../../inject/config.ts";
import { parseInjectConfig } from "../../inject/parse-config.ts";
import { parseDocuments } from "../../yaml/documents.ts";
import type { ManifestIo } from "../io.ts";

/** A release's values from a YAML or JSON file; the defaults without one. */
export function readConfig(path: string | undefined, io: ManifestIo): Result<InjectConfig> {
	if (path === undefined) {
		return parseInjectConfig({});
	}
	const text = readText(path, io);
	if (!text.ok) {
		return text;
	}
	const { documents, problems } = parseDocuments(text.value, path);
	if (problems.length > 0) {
		return fail(...problems);
	}
	const config = parseInjectConfig(documents[0]?.value ?? {});
	return config.ok
		? config
		: fail(...config.problems.map((problem) => ({ ...problem, source: `${path}: ${problem.source}` })));
}

function readText(path: string, io: ManifestIo): Result<string> {
	try {
		return ok(io.readFile(path));
	} catch (error) {
		return fail(readingProblem(path, error, "a file with a release's values"));
	}
}
