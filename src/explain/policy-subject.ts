import type { Mode } from "../domain/mode.ts";
import { plan } from "../plan/planner.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { type OriginOf, provisionsOf } from "./provisions.ts";
import type { Rules } from "./subject.ts";

/**
 * The rules that a policy asks for, with where each part of it was said. Without a mode, those of iptables: the
 * default, and what `auto` tries first.
 */
export function rulesFor(policy: RedirectPolicy, originOf: OriginOf, mode?: Mode): Rules {
	return {
		kind: "plan",
		plan: plan(policy),
		provisions: provisionsOf(policy, originOf),
		tables: mode === "nftables" ? "nftables" : "iptables",
	};
}
