import { formatAddress } from "../domain/cidr.ts";
import type { Span } from "../domain/number.ts";
import { matches, type NatPacket } from "./match.ts";
import type { Action, FoundRule } from "./rule.ts";
import {
	describeTable,
	type Entry,
	entriesFor,
	type NatChain,
	type NatTable,
	placed,
	type Ruleset,
} from "./ruleset.ts";

/** What becomes of a packet at one hook. */
export type NatFate =
	/** Its destination stays. */
	| { readonly kind: "pass" }
	| { readonly kind: "drop" }
	/** To this machine. `highestPort` where the kernel picks one of several, from `port` on; 0 for want of ports. */
	| { readonly kind: "redirect"; readonly port: number; readonly highestPort?: number }
	/** Without a port, the destination port stays. */
	| { readonly kind: "dnat"; readonly address: string; readonly port?: number; readonly highestPort?: number }
	/**
	 * It depends on something that was not understood or not read: a clause for each, without a full stop. `ways` are all
	 * that it may come to; absent where something might do anything to it.
	 */
	| { readonly kind: "unknown"; readonly why: readonly string[]; readonly ways?: readonly KnownFate[] };

export type KnownFate = Exclude<NatFate, { readonly kind: "unknown" }>;

/** A rule that the packet was held against. */
export interface NatStep {
	readonly table: NatTable;
	readonly chain: string;
	/** The rule's place in its chain, counted from 1. */
	readonly position: number;
	readonly rule: FoundRule;
	/** `unknown` when it hangs on a condition that is not understood; the steps go on as though it did not match. */
	readonly matched: "yes" | "no" | "unknown";
}

/** Something that cannot be told, and in how many ways it may be. */
export interface Doubt {
	readonly why: string;
	readonly options: number;
}

/** One way through the rules, with every doubt settled in one way. */
export interface Walk {
	readonly fate: NatFate;
	readonly steps: readonly NatStep[];
	readonly decidedBy: NatStep | undefined;
	readonly doubts: readonly Doubt[];
}

/**
 * Sends a packet through, settling each doubt it meets by the next of `choices` (0 once they are used up; for a
 * condition 0 is that it fails).
 */
export function walk(ruleset: Ruleset, packet: NatPacket, choices: readonly number[]): Walk {
	const walker = new Walker(packet, choices);
	const fate = walker.through(entriesFor(ruleset, packet));
	return { fate, steps: walker.steps, decidedBy: walker.decider(fate), doubts: walker.doubts };
}

/** How a chain was left: undefined for its end or a return, else for good. */
type Exit = NatFate | "accept" | undefined;

/** Deeper than the kernel lets rules jump (NFT_JUMP_STACK_SIZE in net/netfilter/nf_tables.h is 16). */
const deepest = 32;

class Walker {
	readonly steps: NatStep[] = [];
	readonly doubts: Doubt[] = [];
	readonly #chains = new Map<NatTable, ReadonlyMap<string, NatChain>>();
	readonly #packet: NatPacket;
	readonly #choices: readonly number[];

	constructor(packet: NatPacket, choices: readonly number[]) {
		this.#packet = packet;
		this.#choices = choices;
	}

	/** The first base chain that binds the connection to an address wins; those after it are not asked. */
	through(groups: readonly (readonly Entry[])[]): NatFate {
		for (const group of groups) {
			const waiting = group.filter(({ chain, base }) => chain.rules.length > 0 || base.policy === "drop");
			while (waiting.length > 0) {
				const [next] = waiting.splice(this.#pick(waiting), 1);
				const exit = next === undefined ? undefined : this.#enter(next);
				if (exit !== undefined && exit !== "accept") {
					return exit;
				}
			}
		}
		return { kind: "pass" };
	}

	/** The rule behind a fate: the last that did something final, or, for a packet left alone, that let it go. */
	decider(fate: NatFate): NatStep | undefined {
		const kinds: readonly Action["kind"][] =
			fate.kind === "pass" ? ["return", "accept"] : [fate.kind as never];
		return this.steps.findLast(({ matched, rule }) => matched === "yes" && kinds.includes(rule.action.kind));
	}

	/** Which of the next chains of equal priority is the first; those of one table keep their order. */
	#pick(waiting: readonly Entry[]): number {
		const firsts = waiting.filter(
			({ table }, index) => waiting.findIndex((other) => other.table === table) === index,
		);
		if (firsts.length === 1 || firsts[0] === undefined) {
			return 0;
		}
		const names = firsts.map(({ table }) => describeTable(table)).join(" and ");
		const { hook, priority } = firsts[0].base;
		const why = `${names} both have a chain at priority ${priority} of ${hook}, and which comes first cannot be told`;
		return waiting.indexOf(firsts[this.#settle(why, firsts.length)] ?? firsts[0]);
	}

	#enter({ table, chain, base }: Entry): Exit {
		const exit = this.#chain(table, chain.name, 0);
		return exit === undefined && base.policy === "drop" ? { kind: "drop" } : exit;
	}

	#chain(table: NatTable, name: string, depth: number): Exit {
		const chain = this.#find(table, name);
		if (chain === undefined || depth > deepest) {
			return { kind: "unknown", why: [`${describeTable(table)} has no chain ${name} that ends`] };
		}
		for (const [position, rule] of placed(chain.rules)) {
			if (!this.#isTaken({ table, chain: name, position, rule })) {
				continue;
			}
			const { action } = rule;
			const leads = action.kind === "jump" || action.kind === "goto";
			const exit = leads ? this.#chain(table, action.chain, depth + 1) : this.#outcome(rule);
			if (exit !== undefined || action.kind === "goto" || action.kind === "return") {
				return exit;
			}
		}
		return undefined;
	}

	#find(table: NatTable, name: string): NatChain | undefined {
		const chains = this.#chains.get(table) ?? new Map(table.chains.map((chain) => [chain.name, chain]));
		this.#chains.set(table, chains);
		return chains.get(name);
	}

	#isTaken(visited: Omit<NatStep, "matched">): boolean {
		const { rule } = visited;
		const matched = matches(rule, this.#packet);
		this.steps.push({ ...visited, matched });
		if (matched !== "unknown" || rule.action.kind === "continue") {
			return matched === "yes";
		}
		return this.#settle(doubtAbout(visited), 2) === 1;
	}

	#settle(why: string, options: number): number {
		const choice = this.#choices[this.doubts.length] ?? 0;
		this.doubts.push({ why, options });
		return choice;
	}

	#outcome({ action, text }: FoundRule): Exit {
		switch (action.kind) {
			case "accept":
				return "accept";
			case "drop":
				return { kind: "drop" };
			case "redirect":
				return { kind: "redirect", port: this.#packet.destinationPort ?? 0, ...portsOf(action.ports) };
			case "dnat":
				return {
					kind: "dnat",
					address: action.address ?? formatAddress(this.#packet.destination),
					...portsOf(action.ports),
				};
			case "unparsed":
				return {
					kind: "unknown",
					why: [
						action.text === text
							? `it depends on what the rule "${text}" does`
							: `it depends on what "${action.text}" does, in the rule "${text}"`,
					],
				};
			default:
				return undefined;
		}
	}
}

function portsOf(ports: Span | undefined) {
	if (ports === undefined) {
		return {};
	}
	return ports.low === ports.high ? { port: ports.low } : { port: ports.low, highestPort: ports.high };
}

/** Where the part could not be told from the rest, the rule itself says it. */
function nameUnread(texts: readonly string[], { text: whole }: FoundRule): string {
	const parts = texts.filter((text) => text !== whole).map((text) => `"${text}"`);
	return parts.length > 0 ? parts.join(" and ") : "what is not understood";
}

function doubtAbout({ rule, table, chain }: Omit<NatStep, "matched">): string {
	const unread = rule.conditions.flatMap((condition) =>
		condition.kind === "unparsed" ? [condition.text] : [],
	);
	const subject = unread.length > 0 ? nameUnread(unread, rule) : "something that the packet does not say";
	return `it depends on ${subject}, in the rule "${rule.text}" of chain ${chain} in ${describeTable(table)}`;
}
