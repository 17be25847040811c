import { type PluginConfig, readPluginConfig } from "../cni/plugin-config.ts";
import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { readingProblem, readTextFile } from "../host/node-text.ts";
import { type PluginEntry, pluginEntry, pluginName } from "./plugin-entry.ts";

export interface PluginConfiguration {
	readonly text: string;
	readonly entry: PluginEntry;
	/** As the plugin reads it. */
	readonly config: PluginConfig;
}

/**
 * Reads the plugin's configuration, which becomes its entry in the runtime's list. One that the plugin would refuse is
 * refused here, before any pod meets it.
 */
export function readPluginConfiguration(path: string): Result<PluginConfiguration> {
	const accepted = "a file with a JSON object";
	let text: string;
	try {
		text = readTextFile(path);
	} catch (error) {
		return err(readingProblem(path, error, accepted));
	}
	const value = parse(text);
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		return err({ source: path, complaint: "is not a JSON object", accepted });
	}
	const configuration = value as PluginEntry;
	const problem = typeProblem(configuration, path);
	if (problem !== undefined) {
		return err(problem);
	}
	// The plugin itself would name these at every pod.
	const entry = pluginEntry(configuration);
	const { config } = readPluginConfig(entry);
	return config.ok
		? ok({ text, entry, config: config.value })
		: err(...config.problems.map((each) => ({ ...each, source: `${path}: ${each.source}` })));
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function typeProblem({ type }: PluginEntry, path: string): Problem | undefined {
	return type === undefined || type === pluginName
		? undefined
		: {
				source: `${path}: type`,
				value: JSON.stringify(type),
				complaint: "is another plugin's",
				accepted: `"${pluginName}", or none`,
			};
}
