import type { Family } from "../../domain/family.ts";
import type { Plan } from "../../plan/plan.ts";
import { nothing, wantedState } from "./own-state.ts";
import { transaction } from "./transaction.ts";

/** What a fresh namespace's `iptables-restore --noflush` is given for one family of a plan. */
export function restoreInput(plan: Plan, family: Family): string {
	return transaction(nothing, wantedState(plan, family));
}
