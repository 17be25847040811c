import { parseDocument } from "yaml";
import { fail, type Result } from "../domain/problem.ts";
import type { InjectConfig } from "../inject/config.ts";
import { parseInjectConfig } from "../inject/parse-config.ts";
import type { Source } from "./reloaded.ts";

/** A release's values, as a ConfigMap holds them: YAML or JSON. */
export function configurationSource(path: string): Source<InjectConfig> {
	return { name: "configuration", paths: [path], parse: ([text = ""]) => parseConfiguration(text, path) };
}

function parseConfiguration(text: string, path: string): Result<InjectConfig> {
	const document = parseDocument(text);
	if (document.errors.length > 0) {
		return fail(
			...document.errors.map(({ message }) => ({
				source: path,
				complaint: `is not YAML: ${message.split("\n", 1)[0]}`,
				accepted: "one YAML document",
			})),
		);
	}
	try {
		return parseInjectConfig(document.toJS({ maxAliasCount: 100 }));
	} catch (error) {
		const complaint = `cannot be read: ${error instanceof Error ? error.message : error}`;
		return fail({ source: path, complaint, accepted: "a mapping of values" });
	}
}
