import type { Mode } from "../domain/mode.ts";
import type { Plan } from "../plan/plan.ts";
import { plan } from "../plan/planner.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { Ruleset } from "../ruleset/ruleset.ts";
import type { Tables } from "./chain-place.ts";
import type { Sender } from "./packet.ts";
import { type OriginOf, type Provision, provisionsOf } from "./provisions.ts";

/** One pod's rules, from wherever they were read. Plain data: the page that is written carries it as JSON. */
export interface Subject {
	/** `deployment/web`, `these flags`, `network namespace /run/netns/blue`. */
	readonly label: string;
	/** Where exactly the rules are said: "arguments of init container linkerd-init". */
	readonly source: string;
	readonly rules: Rules;
	/** What to know besides: sentences without a full stop. */
	readonly notes: readonly string[];
	/** Whom an outbound packet is taken to be from. */
	readonly sender: Sender;
}

/** Rules that a policy asks for. */
export interface PlanRules {
	readonly kind: "plan";
	readonly plan: Plan;
	readonly provisions: readonly Provision[];
	/** Where they will stand. */
	readonly tables: Tables;
}

export type Rules =
	| PlanRules
	/** Rules that stand in a network namespace. */
	| { readonly kind: "ruleset"; readonly ruleset: Ruleset }
	/** No rules, and why: a clause. */
	| { readonly kind: "none"; readonly why: string }
	/** Rules that only a look at the running pod can tell, and why: a clause. */
	| { readonly kind: "unknown"; readonly why: string };

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
