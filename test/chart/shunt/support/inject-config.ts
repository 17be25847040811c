import { parse } from "yaml";
import { formatProblem } from "../../../../src/domain/problem.ts";
import type { InjectConfig } from "../../../../src/inject/config.ts";
import type { JsonObject } from "../../../../src/inject/json.ts";
import { parseInjectConfig } from "../../../../src/inject/parse-config.ts";
import { configOf } from "./rendered.ts";

/** What the injector would read, which it must not refuse. */
export function injectConfigOf(objects: readonly JsonObject[]): InjectConfig {
	const result = parseInjectConfig(parse(configOf(objects)));
	if (!result.ok) {
		throw new Error(result.problems.map(formatProblem).join("\n"));
	}
	return result.value;
}
