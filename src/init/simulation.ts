import { restoreInput } from "../backend/iptables/restore-input.ts";
import { takesWaitFlag, toolsOf } from "../backend/iptables/variant.ts";
import type { Plan } from "../plan/plan.ts";
import type { InitOptions } from "./options.ts";

/** What a fresh namespace's tools would be given, each behind a comment with the command that would take it. */
export function formatSimulation(plan: Plan, { mode, wait }: InitOptions): string {
	const flags = wait && takesWaitFlag(mode) ? "--noflush -w" : "--noflush";
	return plan.families
		.map((family) => `# ${toolsOf(mode, family).restore} ${flags}\n${restoreInput(plan, family)}`)
		.join("");
}
