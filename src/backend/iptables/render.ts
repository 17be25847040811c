import { type Cidr, formatCidr } from "../../domain/cidr.ts";
import { onceOf } from "../../domain/once-of.ts";
import { type PortRange, portsInParts, singlePorts } from "../../domain/port.ts";
import { colonRanges, commentOf, detailedComment, subnetCommentStart } from "../../rules/comment.ts";
import {
	listedPorts,
	type PlannedAction,
	type PlannedCondition,
	type PlannedRule,
	passedSubnet,
	passedSubnets,
	type SubnetSelection,
} from "../../rules/plan.ts";
import { multiportSlots } from "../../wire/xtables.ts";
import type { Mark } from "../backend.ts";

/**
 * A rule as iptables-save prints it behind `-A CHAIN`: one spec, or several where the ports need more than one
 * multiport match. Conditions of a plan are in the order in which iptables-save prints them.
 */
export function renderRule(rule: PlannedRule): readonly string[] {
	const known = rendered.get(rule);
	if (known !== undefined) {
		return known;
	}
	const passed = passedSubnet(rule);
	if (passed !== undefined) {
		return [renderPassed(passed, '"')];
	}
	const specs = renderAnew(rule, '"');
	rendered.set(rule, specs);
	return specs;
}

/** All rules of a chain, with this mark around comments. Once: both families' may be the same. */
export function renderRules(rules: readonly PlannedRule[], mark: Mark = '"'): readonly string[] {
	return inMarks[mark](rules);
}

const inMarks: Readonly<Record<Mark, (rules: readonly PlannedRule[]) => readonly string[]>> = {
	'"': onceOf((rules) => renderEach(rules, '"', renderRule)),
	'\\"': onceOf((rules) => renderEach(rules, '\\"', (rule) => renderAnew(rule, '\\"'))),
};

function renderEach(
	rules: readonly PlannedRule[],
	mark: Mark,
	render: (rule: PlannedRule) => readonly string[],
): readonly string[] {
	const specs: string[] = [];
	const subnets = passedSubnets(rules);
	let index = 0;
	for (const rule of rules) {
		const passed = subnets[index++];
		if (passed === undefined) {
			specs.push(...render(rule));
		} else {
			specs.push(renderPassed(passed, mark));
		}
	}
	return specs;
}

/** Makes known how a rule is written that was read, so that it need not be written anew. */
export function isWrittenAs(rule: PlannedRule, spec: string): void {
	rendered.set(rule, [spec]);
}

/** Most rules serve both families. One about a subnet serves one. */
const rendered = new WeakMap<PlannedRule, readonly string[]>();

function renderAnew(rule: PlannedRule, mark: Mark): string[] {
	const action = renderAction(rule.action);
	const groups = portGroups(rule);
	if (groups !== undefined) {
		return groups.map(
			({ list, comment }) =>
				`-p tcp -m multiport --dports ${list} -m comment --comment ${mark}${comment}${mark} ${action}`,
		);
	}
	let written = "";
	for (const condition of rule.conditions) {
		written += renderCondition(condition, rule);
	}
	return [
		`${written}-m comment --comment ${mark}${commentOf(rule.reason, rule.conditions)}${mark} ${action}`,
	];
}

function renderPassed({ kind, subnets }: SubnetSelection, mark: Mark): string {
	const { network, prefix, text } = subnets[0];
	const comment = `-m comment --comment ${mark}${subnetCommentStart}${text}${mark} -j RETURN`;
	return prefix === 0 ? comment : `${kind === "source" ? "-s" : "-d"} ${network}/${prefix} ${comment}`;
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
	const list = colonRanges(ports);
	return rule.reason === "redirect-port" ? `-m tcp --dport ${list}` : `-m multiport --dports ${list}`;
}

function renderAction(action: PlannedAction): string {
	return action.kind === "return" ? "-j RETURN" : `-j REDIRECT --to-ports ${action.ports.low}`;
}

/** What of a rule's list of ports one multiport match holds, which makes a rule of its own. */
export interface PortGroup {
	readonly ports: readonly PortRange[];
	/** As iptables writes them. */
	readonly list: string;
	/** Of the rule. */
	readonly comment: string;
}

/**
 * Undefined for a rule that is about something else than a list of ports, or too. A list is split once, although it is encoded
 * and written; what its rules have in common is made once as well.
 */
export function portGroups(rule: PlannedRule): readonly PortGroup[] | undefined {
	const ports = rule.reason === "redirect-port" ? undefined : listedPorts(rule);
	return ports && groupsOf(rule);
}

const groupsOf = onceOf((rule: PlannedRule): readonly PortGroup[] =>
	fillSlots(listedPorts(rule) ?? []).map((ports) => {
		const list = colonRanges(ports);
		return { ports, list, comment: detailedComment(rule.reason, list) };
	}),
);

function fillSlots(ports: readonly PortRange[]): PortRange[][] {
	if (ports.length > 0 && singlePorts(ports) !== undefined) {
		return portsInParts(ports, multiportSlots);
	}
	const groups: PortRange[][] = [];
	let free = multiportSlots;
	let start = 0;
	for (let end = 0; end < ports.length; end++) {
		const range = ports[end];
		const slots = range?.low === range?.high ? 1 : 2;
		if (slots > free) {
			groups.push(ports.slice(start, end));
			start = end;
			free = multiportSlots;
		}
		free -= slots;
	}
	return [...groups, ports.slice(start)];
}
