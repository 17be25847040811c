import type { Host } from "../../host/host.ts";
import type { Plan } from "../../plan/plan.ts";
import type { FoundDrift } from "../backend.ts";
import { BackendError } from "../backend-error.ts";
import { driftOfState } from "./observe.ts";
import { openToolbox } from "./tools.ts";
import type { Variant } from "./variant.ts";

/** Holds what is there against the plan, family by family. */
export function check(host: Host, variant: Variant, plan: Plan): FoundDrift[] {
	const states = openToolbox(host, variant, plan.families, { wait: false }).read(plan.families);
	return plan.families.map((family, index) => {
		const state = states[index];
		if (state === undefined || state instanceof BackendError) {
			throw state ?? new BackendError("refused", `${family}: nothing could be read`);
		}
		return { scope: family, drift: driftOfState(plan, family, state) };
	});
}
