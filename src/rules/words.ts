import { formatCidr } from "../domain/cidr.ts";
import type { InterfacePattern } from "../domain/interface-name.ts";
import { type Interval, intervalOf, mergeIntervals } from "../domain/intervals.ts";
import type { Span } from "../domain/number.ts";
import { commentOf, commentPrefix } from "./comment.ts";
import { isUnknownPort, type PlannedCondition, type PlannedRule } from "./plan.ts";
import type { Action, Condition, OwnAction, OwnRule, Rule } from "./rule.ts";

/** What a rule looks at, in plain words: "TCP, to port 80, not from 10.0.0.0/8". */
export function conditionsInWords({ conditions }: Rule): string {
	return conditions.map(conditionInWords).join(", ") || "everything";
}

export function conditionInWords(condition: Condition): string {
	const words = testInWords(condition);
	return condition.negated === true ? `not ${words}` : words;
}

/** What a condition selects, as it reads behind "connections": "that come in on eth0". */
export function connectionsInWords(condition: Condition): string {
	switch (condition.kind) {
		case "protocol":
			return `over ${testInWords(condition)}`;
		case "in-interface":
			return `that come in on ${namesOf(condition.names)}`;
		case "out-interface":
			return `that leave through ${namesOf(condition.names)}`;
		default:
			return conditionInWords(condition);
	}
}

function testInWords(test: Condition): string {
	switch (test.kind) {
		case "family":
			return test.family === "ipv6" ? "IPv6" : "IPv4";
		case "protocol":
			return test.protocols.map((name) => name.toUpperCase()).join(" or ");
		case "source-port":
			return `from ${portsInWords(test.ports)}`;
		case "destination-port":
			return `to ${portsInWords(test.ports)}`;
		case "source":
			return `from ${test.subnets.map(formatCidr).join(", ")}`;
		case "destination":
			return `to ${test.subnets.map(formatCidr).join(", ")}`;
		case "in-interface":
			return `in on ${namesOf(test.names)}`;
		case "out-interface":
			return `out on ${namesOf(test.names)}`;
		case "uid":
		case "gid":
			return `of ${test.kind} ${test.ids.map(formatSpan).join(", ")}`;
		case "destination-is-local":
			return "to an address of this machine";
		case "source-is-local":
			return "from an address of this machine";
		case "mark":
			return `with mark ${hex(test.value)}${test.mask === 0xffffffff ? "" : ` (mask ${hex(test.mask)})`}`;
		case "connection-state":
			return `of a connection that is ${test.states.join(" or ")}`;
		case "unparsed":
			return `"${test.text}", which is not understood`;
	}
}

/** What a rule does to a packet that matches. */
export function actionInWords(action: Action): string {
	switch (action.kind) {
		case "continue":
			return "go on";
		case "jump":
			return `look in ${action.chain}`;
		case "goto":
			return `go to ${action.chain}`;
		case "return":
			return "leave the chain";
		case "accept":
			return "let it pass";
		case "drop":
			return "drop it";
		case "redirect":
			return action.ports === undefined
				? "send it to this pod"
				: `send it to ${portsInWords([action.ports])}`;
		case "dnat":
			return `send it to ${action.address ?? "the same address"}${
				action.ports === undefined ? "" : `, ${portsInWords([action.ports])}`
			}`;
		case "unparsed":
			return `"${action.text}", which is not understood`;
	}
}

function portsInWords(spans: readonly Span[]): string {
	const isOne = spans.length === 1 && spans[0]?.low === spans[0]?.high;
	return `${isOne ? "port" : "ports"} ${spans.map(formatSpan).join(", ")}`;
}

function formatSpan({ low, high }: Readonly<{ low: number | bigint; high: number | bigint }>): string {
	return low === high ? `${low}` : `${low}-${high}`;
}

function namesOf(patterns: readonly InterfacePattern[]): string {
	return patterns.map(({ name, isPrefix }) => (isPrefix ? `${name}…` : name)).join(", ");
}

function hex(number: number): string {
	return `0x${number.toString(16)}`;
}

/**
 * A planned rule on one line, such as `tcp to port 80,443: return [proxy-init/ignore-port-80,443]`. Two such rules are
 * the same exactly when these words are.
 */
export function plannedRuleInWords(rule: PlannedRule): string {
	return `${plannedRuleWithoutComment(rule)} [${commentOf(rule.reason, rule.conditions)}]`;
}

export function plannedRuleWithoutComment({ conditions, action }: PlannedRule): string {
	return `${conditions.map(plannedCondition).join(" ") || "everything"}: ${outcome(action)}`;
}

function outcome(action: OwnAction): string {
	if (action.kind === "return") {
		return "return";
	}
	return isUnknownPort(action.ports)
		? "redirect to the proxy's port"
		: `redirect to port ${action.ports.low}`;
}

function plannedCondition(condition: PlannedCondition): string {
	switch (condition.kind) {
		case "protocol":
			return condition.protocols[0];
		case "destination-port":
			return `to port ${condition.ports.map(formatSpan).join(",")}`;
		case "source":
			return `from ${formatCidr(condition.subnets[0])}`;
		case "destination":
			return `to ${formatCidr(condition.subnets[0])}`;
		case "in-interface":
			return `in on ${condition.names[0].name}`;
		case "out-interface":
			return `out on ${condition.names[0].name}`;
		case "uid":
			return `by user ${formatSpan(condition.ids[0])}`;
		case "gid":
			return `by group ${formatSpan(condition.ids[0])}`;
	}
}

/**
 * A rule of ours that holds sets, on one line: words that are equal exactly when the rules do the same for the same
 * reason, in whatever order and pieces the sets are written.
 */
export function setRuleInWords({ reason, conditions, action }: OwnRule): string {
	const words = conditions.map(setCondition).sort().join(" ");
	return `${words || "everything"}: ${outcome(action)} [${commentPrefix}${reason}]`;
}

function setCondition(condition: Condition): string {
	switch (condition.kind) {
		case "family":
			return condition.family;
		case "protocol":
			return condition.protocols.join(",");
		case "destination-port":
			return `to port ${merged(condition.ports.map(wide))}`;
		case "source":
		case "destination":
			return `${condition.kind} ${condition.subnets[0]?.family} ${merged(condition.subnets.map(intervalOf))}`;
		case "in-interface":
		case "out-interface":
			return `${condition.kind} ${[...new Set(condition.names.map(({ name }) => name))].sort().join(",")}`;
		case "uid":
		case "gid":
			return `${condition.kind} ${merged(condition.ids.map(wide))}`;
		default:
			return condition.kind;
	}
}

function wide({ low, high }: Span): Interval {
	return { low: BigInt(low), high: BigInt(high) };
}

function merged(intervals: readonly Interval[]): string {
	return mergeIntervals(intervals).map(formatSpan).join(",");
}
