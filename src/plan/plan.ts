import type { Family } from "../domain/family.ts";
import type { Port } from "../domain/port.ts";
import type { Condition, Direction } from "../policy/condition.ts";
import type { Reason } from "../policy/reason.ts";

/**
 * The rules that carry out a policy, in order, independent of any dialect. Backends render a plan, parse it back
 * and compare; {@link evaluate} says what it does to a packet.
 */
export interface Plan {
	readonly families: readonly Family[];
	readonly chains: readonly Chain[];
}

/** Where in a packet's path a chain is entered (netfilter's hooks of the nat table that see a pod's connections). */
export type Hook = "prerouting" | "output";

export const hookOf: Readonly<Record<Direction, Hook>> = { inbound: "prerouting", outbound: "output" };

export interface Chain {
	readonly hook: Hook;
	/** First match decides; a packet that no rule matches passes unchanged. */
	readonly rules: readonly Rule[];
}

export interface Rule {
	readonly reason: Reason;
	/** All must hold. None at all matches every packet. */
	readonly matches: readonly Match[];
	readonly verdict: Verdict;
}

export type Match = { readonly kind: "protocol"; readonly protocol: "tcp" } | Condition;

export type Verdict =
	/** Leave our chain; rules of other programs further on still see the packet. */
	| { readonly kind: "return" }
	/** Rewrite the destination to this machine and the given port. */
	| { readonly kind: "redirect"; readonly port: Port };

/** A family's share of a chain: a rule about a subnet of the other family can match nothing here. */
export function rulesOf(chain: Chain, family: Family): Rule[] {
	return chain.rules.filter((rule) =>
		rule.matches.every((match) => !("subnet" in match) || match.subnet.family === family),
	);
}
