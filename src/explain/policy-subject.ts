import type { RedirectPolicy } from "../domain/redirect-policy.ts";
import { plan } from "../plan/planner.ts";
import { type OriginOf, provisionsOf } from "./provisions.ts";
import type { Rules } from "./subject.ts";

/** The rules that a policy asks for, with where each part of it was said. */
export function rulesFor(policy: RedirectPolicy, originOf: OriginOf): Rules {
	return { kind: "plan", plan: plan(policy), provisions: provisionsOf(policy, originOf) };
}
