import { configKeys, configPrefix } from "./annotation-keys.ts";
import type { Scope } from "./annotations.ts";
import type { Problem } from "./problem.ts";

/** A misspelt key would otherwise leave a hole that nobody sees. */
export function unknownConfigKeys({ prefix, annotations }: Scope): Problem[] {
	return Object.keys(annotations)
		.filter((name) => name.startsWith(configPrefix))
		.filter((name) => !configKeys.some((key) => `${configPrefix}${key.name}` === name))
		.map((name) => ({
			source: `${prefix} ${name}`,
			complaint: "is not known",
			accepted: `${configPrefix} with one of ${configKeys.map((key) => key.name).join(", ")}`,
		}));
}
