import type { Cidr } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import { usualLoopback } from "../domain/interface-name.ts";
import type { Span } from "../domain/number.ts";
import { onceOf } from "../domain/once-of.ts";
import type { Port, PortRange } from "../domain/port.ts";
import { type Direction, directions, type Selection } from "../policy/condition.ts";
import { conditionsOf, isRest } from "../policy/field.ts";
import { type Wish, wishesOf } from "../policy/fields.ts";
import { type Reason, reasonOfRow } from "../policy/reason.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { OwnRule } from "./rule.ts";

/**
 * The rules that carry out a policy, in order, independent of any dialect. Backends write a plan, read what is there
 * and compare; `evaluate` says what it does to a packet.
 */
export interface Plan {
	readonly families: readonly Family[];
	readonly chains: readonly PlannedChain[];
}

/** Where in a packet's path a chain is entered (netfilter's hooks of the nat table that see a pod's connections). */
export type Hook = "prerouting" | "output";

export const hookOf: Readonly<Record<Direction, Hook>> = { inbound: "prerouting", outbound: "output" };
export const hooks: readonly Hook[] = ["prerouting", "output"];

export interface PlannedChain {
	readonly hook: Hook;
	/** First match decides; a packet that no rule matches passes unchanged. */
	readonly rules: readonly PlannedRule[];
}

/** A rule that a policy asks for: about TCP or about what it selects, and about one thing, or one list of ports. */
export interface PlannedRule extends OwnRule {
	readonly reason: Reason;
	readonly conditions: readonly PlannedCondition[];
	readonly action: PlannedAction;
}

export type PlannedCondition =
	| { readonly kind: "protocol"; readonly protocols: readonly ["tcp"] }
	| Selection;

export type PlannedAction =
	| { readonly kind: "return" }
	/** There is one port, the proxy's. */
	| { readonly kind: "redirect"; readonly ports: PortRange };

/** A family's share of a chain: a rule about a subnet of the other family can match nothing here. */
export function rulesOf(chain: PlannedChain, family: Family): readonly PlannedRule[] {
	return sharesOf(chain)[family];
}

/** A chain is written, reported and compared, and its rules about subnets may be tens of thousands. */
const sharesOf = onceOf(({ rules }: PlannedChain): Readonly<Record<Family, readonly PlannedRule[]>> => {
	if (!rules.some(isOfOneFamily)) {
		return { ipv4: rules, ipv6: rules };
	}
	const shares: Record<Family, PlannedRule[]> = { ipv4: [], ipv6: [] };
	for (const rule of rules) {
		const first = rule.conditions[0];
		if (first !== undefined && "subnets" in first) {
			shares[first.subnets[0].family].push(rule);
		} else {
			shares.ipv4.push(rule);
			shares.ipv6.push(rule);
		}
	}
	return shares;
});

/** What a rule lets pass that is about a subnet and nothing else. Such are by far the most where there are many. */
export function passedSubnet({ reason, conditions }: PlannedRule): SubnetSelection | undefined {
	const first = conditions[0];
	return reason === "ignore-subnet" && conditions.length === 1 && first !== undefined && "subnets" in first
		? first
		: undefined;
}

/** The same of each of a list's rules. Once, since they are encoded and written. */
export const passedSubnets = onceOf((rules: readonly PlannedRule[]) => rules.map(passedSubnet));

export type SubnetSelection = Extract<Selection, { subnets: unknown }>;

/** The ports that a rule is about, TCP's, and nothing else. There may be thousands. */
export function listedPorts({ conditions }: PlannedRule): readonly PortRange[] | undefined {
	const second = conditions[1];
	return conditions.length === 2 && conditions[0]?.kind === "protocol" && second?.kind === "destination-port"
		? second.ports
		: undefined;
}

/** Whether a rule is about subnets, which are of one family: others serve both. */
export function isOfOneFamily({ conditions }: PlannedRule): boolean {
	const first = conditions[0];
	return first !== undefined && "subnets" in first;
}

/**
 * States a policy as rules, in the order of the table of its fields. `loopback` is what the loopback interface is called in
 * the network namespace that they are for.
 */
export function plan(policy: RedirectPolicy, loopback: string = usualLoopback): Plan {
	return {
		families: policy.families,
		chains: directions.map((direction) => {
			const redirect = redirectTo(policy[direction].proxyPort);
			return {
				hook: hookOf[direction],
				rules: wishesOf(direction, policy[direction]).flatMap((wish) => rulesFor(wish, loopback, redirect)),
			};
		}),
	};
}

export const pass: PlannedAction = { kind: "return" };

export function redirectTo(port: Port): PlannedAction {
	return { kind: "redirect", ports: { low: port, high: port } };
}

/** Stands for a proxy's port that nobody knows any more: no packet has it as its destination. */
export const unknownPort = 0 as Port;

export function isUnknownPort({ low }: Span): boolean {
	return low === unknownPort;
}

function rulesFor(wish: Wish, loopback: string, redirect: PlannedAction): PlannedRule[] {
	const { row } = wish;
	const reason = reasonOfRow(row);
	const isRedirect = row.takes !== "nothing" && row.rule.action === "redirect";
	const action = isRedirect ? redirect : pass;
	const rules: PlannedRule[] = [];
	// There may be tens of thousands.
	for (const selection of selectionsOf(wish, loopback)) {
		rules.push(subnetRuleRead(selection) ?? { reason, conditions: withProtocol(selection), action });
	}
	return rules;
}

function subnetRuleRead(selection: PlannedCondition): PlannedRule | undefined {
	return isAnyRead && "subnets" in selection
		? subnetRules[selection.kind].get(selection.subnets[0])
		: undefined;
}

/**
 * The rule about a subnet that was read, and that any plan has for this very one: where a policy was read back from tens of
 * thousands of rules, its plan is then made of those, which are known already as they are written (renderRule in
 * backend/iptables).
 */
export function passSubnet(kind: "source" | "destination", subnet: Cidr): PlannedRule {
	const rule: PlannedRule = {
		reason: "ignore-subnet",
		conditions: [{ kind, subnets: [subnet] }],
		action: pass,
	};
	subnetRules[kind].set(subnet, rule);
	isAnyRead = true;
	return rule;
}

/** Nearly always a plan is made before any rule is read, and then there is none to be looked for. */
let isAnyRead = false;

const subnetRules = {
	source: new WeakMap<Cidr, PlannedRule>(),
	destination: new WeakMap<Cidr, PlannedRule>(),
} as const;

/** What each rule that a row makes is about. */
function selectionsOf({ row, items }: Wish, loopback: string): readonly PlannedCondition[] {
	if (row.takes === "nothing") {
		// The one rule that is there for every policy is about the loopback interface.
		const names = [{ name: loopback, isPrefix: false }] as const;
		return [row.condition.kind === "out-interface" ? { ...row.condition, names } : row.condition];
	}
	return isRest(row.rule) ? [tcp] : conditionsOf(row.rule, items);
}

export const tcp: PlannedCondition = { kind: "protocol", protocols: ["tcp"] };

/** A port is a protocol's, so a rule about one says which protocol that is. */
function withProtocol(selection: PlannedCondition): readonly PlannedCondition[] {
	return selection.kind === "destination-port" ? [tcp, selection] : [selection];
}
