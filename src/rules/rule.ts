import type { Cidr } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { InterfacePattern } from "../domain/interface-name.ts";
import type { Span } from "../domain/number.ts";
import type { Reason } from "../policy/reason.ts";

/**
 * A rule of a nat table: one that a policy asks for (`PlannedRule` in plan.ts) or one that was found, whoever made it
 * ({@link FoundRule}). The two are narrower forms of this, so that whatever is asked of a rule is asked of both.
 */
export interface Rule {
	/** All must hold. None at all matches every packet. */
	readonly conditions: readonly Condition[];
	readonly action: Action;
	/** Why a rule of ours is there. */
	readonly reason?: OwnReason;
	/** The comment that it carries in the kernel, if any. */
	readonly comment?: string | undefined;
	/** In its dialect's own words: behind `-A CHAIN` for iptables, as `nft list` shows it for nftables. */
	readonly text?: string;
	/** nf_tables' number of it; those that one rule was taken apart into share one. */
	readonly handle?: number;
	/** It does more than its action, such as to log or to mark, and not only counts. */
	readonly doesMore?: true;
}

/** A rule that stands in the kernel. What of it is not understood is kept verbatim. */
export interface FoundRule extends Rule {
	readonly text: string;
}

/** A rule that is as we would write it for some policy, be it for one thing or for a set of them. */
export interface OwnRule extends Rule {
	readonly reason: OwnReason;
	readonly action: OwnAction;
}

/** A table of both families has a rule that lets the family pass that is off. */
export type OwnReason = Reason | "ignore-family";

/** What a rule looks at. */
export type Condition = Test & {
	/** The test must fail rather than hold. */
	readonly negated?: true;
};

/** That a test holds, or that it fails. */
export function conditionOf(test: Test, negated: boolean): Condition {
	return negated ? { ...test, negated } : test;
}

export type Test =
	| { readonly kind: "family"; readonly family: Family }
	/** Names where they have one that everybody uses (`tcp`, `udp`, `icmp`, `ipv6-icmp`, `sctp`), else numbers. */
	| { readonly kind: "protocol"; readonly protocols: readonly string[] }
	| { readonly kind: "source-port" | "destination-port"; readonly ports: readonly Span[] }
	| { readonly kind: "source" | "destination"; readonly subnets: readonly Cidr[] }
	| { readonly kind: "in-interface" | "out-interface"; readonly names: readonly InterfacePattern[] }
	| { readonly kind: "uid" | "gid"; readonly ids: readonly Span[] }
	/** The destination is an address of this machine (`addrtype --dst-type LOCAL`, `fib daddr type local`). */
	| { readonly kind: "destination-is-local" }
	| { readonly kind: "source-is-local" }
	| { readonly kind: "mark"; readonly value: number; readonly mask: number }
	/** Lower case: `new`, `established`, …. The nat tables see a connection's first packet, whose state is `new`. */
	| { readonly kind: "connection-state"; readonly states: readonly string[] }
	/** A condition that is not understood: whether it holds cannot be told. */
	| { readonly kind: "unparsed"; readonly text: string };

export type Action =
	/** Nothing that steers the packet: counters, logs, marks, an empty rule. */
	| { readonly kind: "continue" }
	| { readonly kind: "jump" | "goto"; readonly chain: string }
	/** Leave the chain; rules of other programs further on still see the packet. */
	| { readonly kind: "return" }
	/** Leave this base chain; later ones still see the packet. */
	| { readonly kind: "accept" }
	| { readonly kind: "drop" }
	/** Rewrite the destination to this machine; without ports, the destination port stays. */
	| { readonly kind: "redirect"; readonly ports?: Span }
	/** `address` as the rule spells it (a range is possible); absent where only the port changes. */
	| { readonly kind: "dnat"; readonly address?: string; readonly ports?: Span }
	/** What it does to a packet that matches cannot be told. */
	| { readonly kind: "unparsed"; readonly text: string };

/** What rules of ours do: let pass, or send to one port of this machine. */
export type OwnAction =
	| Extract<Action, { kind: "return" }>
	| { readonly kind: "redirect"; readonly ports: Span };

/** What was not understood of a rule, each part in its own words. */
export function unparsedIn({ conditions, action }: Rule): string[] {
	const texts = conditions.flatMap((condition) => (condition.kind === "unparsed" ? [condition.text] : []));
	return action.kind === "unparsed" ? [...texts, action.text] : texts;
}
