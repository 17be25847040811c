import { fail, type Result } from "../../domain/problem.ts";
import type { InjectConfig } from "../../inject/config.ts";
import { parseInjectConfig } from "../../inject/parse-config.ts";
import type { ManifestWorld } from "./world.ts";
import { parseDocuments } from "./yaml-documents.ts";

/** A release's values from a YAML or JSON file; the defaults without one. */
export function readConfig(path: string | undefined, world: ManifestWorld): Result<InjectConfig> {
	if (path === undefined) {
		return parseInjectConfig({});
	}
	const text = readText(path, world);
	if (text === undefined) {
		return fail({ source: path, complaint: "cannot be read", accepted: "a file with a release's values" });
	}
	const { documents, problems } = parseDocuments(text, path);
	if (problems.length > 0) {
		return fail(...problems);
	}
	const config = parseInjectConfig(documents[0]?.value ?? {});
	return config.ok
		? config
		: fail(...config.problems.map((problem) => ({ ...problem, source: `${path}: ${problem.source}` })));
}

function readText(path: string, world: ManifestWorld): string | undefined {
	try {
		return world.readFile(path);
	} catch {
		return undefined;
	}
}
