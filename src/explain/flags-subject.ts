import { ok, type Result } from "../domain/problem.ts";
import { parseCommandLine } from "../init/command-line.ts";
import { initFlags } from "../init/flags.ts";
import { parseInitOptions } from "../init/options.ts";
import { type PolicyKeyName, policyKey } from "./policy-key.ts";
import { rulesFor } from "./policy-subject.ts";
import type { Rules } from "./subject.ts";

/** What `shunt init` would do with these flags. */
export interface FlagRules {
	readonly rules: Rules;
	readonly notes: readonly string[];
}

/** `noun` is what an origin calls a flag: nothing on a command line, "argument " in a container. */
export function flagRules(argv: readonly string[], program: string, noun = ""): Result<FlagRules> {
	const parsed = parseInitOptions(argv, program);
	if (!parsed.ok) {
		return parsed;
	}
	const { given } = parseCommandLine(argv, initFlags, program);
	const originOf = (key: PolicyKeyName) => {
		const { flag } = policyKey(key);
		return given.has(flag) ? `${noun}--${flag}` : "default";
	};
	const { policy, warnings } = parsed.value;
	return ok({ rules: rulesFor(policy, originOf), notes: warnings });
}
