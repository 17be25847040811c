import { parseInitOptions } from "../../src/init/options.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";

/** The policy that `shunt init` reads from a command line. */
export function policyFrom(flags: string): RedirectPolicy {
	const parsed = parseInitOptions(flags.split(" "), "test");
	if (!parsed.ok) {
		throw new Error(JSON.stringify(parsed.problems));
	}
	return parsed.value.policy;
}
