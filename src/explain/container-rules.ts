import { fail, ok, type Result } from "../domain/problem.ts";
import { annotationsOf, type JsonObject } from "../inject/json.ts";
import { findConfig, scopesOf } from "../policy/annotations.ts";
import { flagRules } from "./flags-subject.ts";
import type { InitContainer } from "./init-containers.ts";
import type { OriginOf } from "./policy-sources.ts";
import type { ManifestRules } from "./subject.ts";

/** The rules that an init container makes, as far as its arguments tell. */
export function containerRules(pod: JsonObject, { name, program }: InitContainer): Result<ManifestRules> {
	if (program.kind === "foreign") {
		const rules = { kind: "unknown", why: program.why } as const;
		return ok({ source: `init container ${name}`, rules, notes: [] });
	}
	const read = flagRules(program.argv, "shunt init", { noun: "argument ", also: askedBy(pod) });
	if (!read.ok) {
		const problems = read.problems.map((problem) => ({
			...problem,
			source: `init container ${name}: ${problem.source}`,
		}));
		return fail(...problems);
	}
	const { mode, rules, notes } = read.value;
	return ok({ source: `arguments of init container ${name}, mode ${mode}`, rules, notes });
}

/** The annotation that an injector made an argument of, as far as it still says so. */
function askedBy(pod: JsonObject): OriginOf {
	const [scope] = scopesOf(undefined, annotationsOf(pod)).slice(-1);
	return (key, item) => {
		const written = scope === undefined ? undefined : findConfig(scope, key);
		const value = written?.ok === true ? written.value : undefined;
		const items = value?.text.replace(/^\+/, "").split(",") ?? [];
		return items.some((text) => text.trim() === item) ? `, from ${value?.source}` : "";
	};
}
