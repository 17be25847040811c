import { parseCommandLine } from "../command/command-line.ts";
import type { Mode } from "../domain/mode.ts";
import { ok, type Result } from "../domain/problem.ts";
import { initFlags } from "../init/flags.ts";
import { parseInitOptions } from "../init/options.ts";
import { type FieldKey, fieldOf } from "../policy/fields.ts";
import type { OriginOf } from "./policy-sources.ts";
import { rulesFor } from "./policy-sources.ts";
import type { Rules } from "./subject.ts";

/** What `shunt init` would do with these flags. */
export interface FlagRules {
	readonly mode: Mode;
	readonly rules: Rules;
	readonly notes: readonly string[];
}

/** How an origin calls a flag, and what it knows of an item besides: nothing on a command line. */
export interface Naming {
	readonly noun: string;
	readonly also: OriginOf;
}

const plain: Naming = { noun: "", also: () => "" };

export function flagRules(argv: readonly string[], program: string, naming = plain): Result<FlagRules> {
	const parsed = parseInitOptions(argv, program);
	if (!parsed.ok) {
		return parsed;
	}
	const { given } = parseCommandLine(argv, initFlags, program);
	const originOf = (key: FieldKey, item: string) => {
		const { flag } = fieldOf(key).field;
		return given.has(flag) ? `${naming.noun}--${flag}${naming.also(key, item)}` : "default";
	};
	const { mode, policy, warnings } = parsed.value;
	return ok({ mode, rules: rulesFor(policy, originOf, mode), notes: warnings });
}
