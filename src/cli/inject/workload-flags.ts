import type { Problem } from "../../domain/problem.ts";
import type { InjectConfig } from "../../inject/config.ts";
import { type ConfigKeyName, configKeys, configPrefix } from "../../policy/annotation-keys.ts";
import { resolvePodPolicy } from "../../policy/pod-policy.ts";

/** `--skip-inbound-ports 80` sets `config.shunt.dev/skip-inbound-ports: "80"`; every annotation has its flag. */
export type WorkloadFlags = Partial<Record<ConfigKeyName, string>>;

export function annotationsFrom(flags: WorkloadFlags): Record<string, string> {
	return Object.fromEntries(
		configKeys.flatMap(({ name }) => {
			const value = flags[name];
			return value === undefined ? [] : [[`${configPrefix}${name}`, value]];
		}),
	);
}

/** The mistakes in flags, under the flags' names, found before any manifest is looked at. */
export function flagProblems(flags: WorkloadFlags, { defaults }: InjectConfig): Problem[] {
	const resolved = resolvePodPolicy({
		defaults,
		namespace: undefined,
		pod: annotationsFrom(flags),
		whenUnannotated: "redirect",
	});
	return (resolved.kind === "refused" ? resolved.problems : []).map((problem) => ({
		...problem,
		source: problem.source.replace(`annotation ${configPrefix}`, "--"),
	}));
}
