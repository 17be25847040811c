import { type Cidr, formatCidr } from "../../domain/cidr.ts";
import type { PortRange } from "../../domain/port.ts";
import { colonRange, commentOf } from "../../rules/comment.ts";
import type { PlannedAction, PlannedCondition, PlannedRule } from "../../rules/plan.ts";

/**
 * A rule as iptables-save prints it behind `-A CHAIN`: one spec, or several where the ports need more than one
 * multiport match. Conditions of a plan are in the order in which iptables-save prints them.
 */
export function renderRule(rule: PlannedRule): readonly string[] {
	const known = rendered.get(rule);
	if (known !== undefined) {
		return known;
	}
	const specs = renderAnew(rule);
	rendered.set(rule, specs);
	return specs;
}

/** Makes known how a rule is written that was read, so that it need not be written anew. */
export function isWrittenAs(rule: PlannedRule, spec: string): void {
	rendered.set(rule, [spec]);
}

/** Most rules serve both families, and the report names them all again. */
const rendered = new WeakMap<PlannedRule, readonly string[]>();

function renderAnew(rule: PlannedRule): string[] {
	return splitPorts(rule.conditions).map((conditions) => {
		let written = "";
		for (const condition of conditions) {
			written += renderCondition(condition, rule);
		}
		return `${written}-m comment --comment "${commentOf(rule.reason, conditions)}" ${renderAction(rule.action)}`;
	});
}

/** With a blank behind it; empty where a condition says nothing. */
function renderCondition(condition: PlannedCondition, rule: PlannedRule): string {
	switch (condition.kind) {
		case "protocol":
			return `-p ${condition.protocols[0]} `;
		case "destination-port":
			return `${renderPorts(condition.ports, rule)} `;
		case "source":
			return renderSubnet("-s", condition.subnets[0]);
		case "destination":
			return renderSubnet("-d", condition.subnets[0]);
		case "in-interface":
			return `-i ${condition.names[0].name} `;
		case "out-interface":
			return `-o ${condition.names[0].name} `;
		case "uid":
			return `-m owner --uid-owner ${condition.ids[0].low} `;
		case "gid":
			return `-m owner --gid-owner ${condition.ids[0].low} `;
	}
}

function renderSubnet(option: "-s" | "-d", subnet: Cidr): string {
	return subnet.prefix === 0 ? "" : `${option} ${formatCidr(subnet)} `;
}

/** The reference program writes a single listed port with the tcp match and everything else with multiport. */
function renderPorts(ports: readonly PortRange[], rule: PlannedRule): string {
	const list = ports.map(colonRange).join(",");
	return rule.reason === "redirect-port" ? `-m tcp --dport ${list}` : `-m multiport --dports ${list}`;
}

function renderAction(action: PlannedAction): string {
	return action.kind === "return" ? "-j RETURN" : `-j REDIRECT --to-ports ${action.ports.low}`;
}

/** XT_MULTI_PORTS in linux/netfilter/xt_multiport.h: a match has 15 slots, of which a range takes two. */
const multiportSlots = 15;

export function splitPorts(conditions: readonly PlannedCondition[]): (readonly PlannedCondition[])[] {
	const index = conditions.findIndex(({ kind }) => kind === "destination-port");
	const condition = conditions[index];
	if (condition?.kind !== "destination-port") {
		return [conditions];
	}
	return fillSlots(condition.ports).map((ports) =>
		conditions.with(index, { kind: "destination-port", ports }),
	);
}

function fillSlots(ports: readonly PortRange[]): PortRange[][] {
	const groups: PortRange[][] = [];
	let free = 0;
	for (const range of ports) {
		const slots = range.low === range.high ? 1 : 2;
		if (slots > free) {
			groups.push([]);
			free = multiportSlots;
		}
		groups.at(-1)?.push(range);
		free -= slots;
	}
	return groups;
}
