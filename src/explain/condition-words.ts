import { formatCidr } from "../domain/cidr.ts";
import type { Action, Condition, InterfacePattern, NatRule, Span, Test } from "../ruleset/ruleset.ts";

/** What a rule looks at, in plain words: "TCP, to port 80, not from 10.0.0.0/8". */
export function describeConditions({ conditions }: NatRule): string {
	return conditions.map(describeCondition).join(", ") || "everything";
}

export function describeCondition({ negated, test }: Condition): string {
	const words = describeTest(test);
	return negated ? `not ${words}` : words;
}

function describeTest(test: Test): string {
	switch (test.kind) {
		case "family":
			return test.family === "ipv6" ? "IPv6" : "IPv4";
		case "protocol":
			return test.protocols.map((name) => name.toUpperCase()).join(" or ");
		case "source-port":
			return `from ${portWords(test.ports)}`;
		case "destination-port":
			return `to ${portWords(test.ports)}`;
		case "source":
			return `from ${test.subnets.map(formatCidr).join(", ")}`;
		case "destination":
			return `to ${test.subnets.map(formatCidr).join(", ")}`;
		case "in-interface":
			return `in on ${test.names.map(patternWords).join(", ")}`;
		case "out-interface":
			return `out on ${test.names.map(patternWords).join(", ")}`;
		case "uid":
		case "gid":
			return `of ${test.kind} ${test.ids.map(spanWords).join(", ")}`;
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
export function describeAction(action: Action): string {
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
			return action.ports === undefined ? "send it to this pod" : `send it to ${portWords([action.ports])}`;
		case "dnat":
			return `send it to ${action.address ?? "the same address"}${
				action.ports === undefined ? "" : `, ${portWords([action.ports])}`
			}`;
		case "unparsed":
			return `"${action.text}", which is not understood`;
	}
}

function portWords(spans: readonly Span[]): string {
	const isOne = spans.length === 1 && spans[0]?.low === spans[0]?.high;
	return `${isOne ? "port" : "ports"} ${spans.map(spanWords).join(", ")}`;
}

function spanWords({ low, high }: Span): string {
	return low === high ? `${low}` : `${low}-${high}`;
}

function patternWords({ name, isPrefix }: InterfacePattern): string {
	return isPrefix ? `${name}…` : name;
}

function hex(number: number): string {
	return `0x${number.toString(16)}`;
}
