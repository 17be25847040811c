import type { ChainPlace } from "../backend/backend.ts";
import type { InjectConfig } from "../inject/config.ts";
import type { Annotations } from "../policy/annotations.ts";
import type { Selection } from "../policy/condition.ts";
import type { Reason } from "../policy/reason.ts";
import type { Hook, Plan } from "../rules/plan.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import type { Sender } from "./packet.ts";

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
	readonly sources: readonly PolicySource[];
	/** Where they will stand. */
	readonly places: Readonly<Record<Hook, ChainPlace>>;
}

/** One thing that a policy says, and where it says so. A rule can carry out several. */
export interface PolicySource {
	readonly hook: Hook;
	readonly reason: Reason;
	/** The connections that it is about; none for all of them. */
	readonly selection: Selection | undefined;
	/** Set when they go to the proxy. */
	readonly proxyPort?: number;
	/** A flag, an annotation, a default. */
	readonly origin: string;
}

export type Rules =
	| PlanRules
	/** Rules that stand in a network namespace. */
	| { readonly kind: "ruleset"; readonly ruleset: Ruleset }
	/** No rules, and why: a clause. */
	| { readonly kind: "none"; readonly why: string }
	/** Rules that only a look at the running pod can tell, and why: a clause. */
	| { readonly kind: "unknown"; readonly why: string };

/** Rules that a pod's manifest tells, and where it does. */
export interface ManifestRules {
	/** "arguments of init container linkerd-init, mode nft" */
	readonly source: string;
	readonly rules: Rules;
	readonly notes: readonly string[];
}

/** What holds for the pods of a manifest besides what they say themselves. */
export interface ReleaseContext {
	readonly config: InjectConfig;
	/** What a key of the values that no annotation overrides comes from. */
	readonly defaultOrigin: (value: string) => string;
	/** Annotations of the namespaces that are among the manifests, by name. */
	readonly namespaces: ReadonlyMap<string, Annotations>;
}
