import type { Family } from "../../domain/family.ts";
import { commentOf } from "../../rules/comment.ts";
import type { Hook, PlannedCondition, PlannedRule } from "../../rules/plan.ts";
import { type Bytes, be16, be32, cString, forEachOrder, type Words } from "../../wire/bytes.ts";
import { expressions } from "../../wire/expressions.ts";
import { comparison, compatField, metaKey, ruleField, tcpProtocol } from "../../wire/nf-tables.ts";
import { addressBytes } from "../../wire/set-content.ts";
import { comment, multiport, owner, redirect } from "../../wire/xtables.ts";
import { chainNames } from "./own-state.ts";
import { splitPorts } from "./render.ts";

/**
 * A rule's expressions and what goes with them, in the form of iptables-nft 1.8.9: each release prints what it would have
 * made itself and what older ones made. Several where the ports need more than one multiport match.
 */
export function ruleBodies(rule: PlannedRule, family: Family, order: Words): Bytes[] {
	const { verdictReturn, target } = expressions[order.order];
	const verdict =
		rule.action.kind === "return" ? verdictReturn : target(redirect(order, family, rule.action.ports.low));
	return splitPorts(rule.conditions).map((conditions) => {
		// Interfaces come first, then addresses and the protocol.
		let interfaces = "";
		let rest = "";
		for (const condition of conditions) {
			if ("names" in condition) {
				interfaces += interfaceBytes(condition, order);
			} else {
				rest += conditionBytes(condition, rule, order);
			}
		}
		const isTcp = conditions.some(({ kind }) => kind === "protocol");
		return body(interfaces + rest, commentOf(rule.reason, conditions), verdict, isTcp, order);
	});
}

/** The rule that leads a hook's connections into our chain. */
export function jumpBody(hook: Hook, order: Words): Bytes {
	return jumpBodies[order.order][hook];
}

/** What nft_compat holds matches against that ask for a protocol: multiport is refused without it. */
const compat = forEachOrder(({ attribute, nest }) => {
	const make = (protocol: number) =>
		nest(
			ruleField.compat,
			attribute(compatField.protocol, be32(protocol)) + attribute(compatField.flags, be32(0)),
		);
	return { withTcp: make(tcpProtocol), without: make(0) };
});

const jumpBodies = forEachOrder((order) => {
	const make = (hook: Hook) => {
		const { own, jumpComment } = chainNames[hook];
		return body("", jumpComment, expressions[order.order].jump(own), false, order);
	};
	return { prerouting: make("prerouting"), output: make("output") };
});

function body(matches: Bytes, text: string, verdict: Bytes, isTcp: boolean, order: Words): Bytes {
	const { match, counter } = expressions[order.order];
	const { withTcp, without } = compat[order.order];
	const all = `${matches}${match(comment(text))}${counter}${verdict}`;
	return order.nest(ruleField.expressions, all) + (isTcp ? withTcp : without);
}

type InterfaceCondition = Extract<PlannedCondition, { names: unknown }>;

function interfaceBytes({ kind, names: [{ name }] }: InterfaceCondition, { order }: Words): Bytes {
	const { meta, compare } = expressions[order];
	return (
		meta(kind === "in-interface" ? metaKey.iifname : metaKey.oifname) +
		compare(comparison.equal, cString(name))
	);
}

function conditionBytes(
	condition: Exclude<PlannedCondition, InterfaceCondition>,
	{ reason }: PlannedRule,
	order: Words,
): Bytes {
	const make = expressions[order.order];
	switch (condition.kind) {
		case "protocol":
			return make.tcp;
		case "destination-port": {
			const [first] = condition.ports;
			// The reference program writes a single listed port with the tcp match (render.ts), which is native here.
			return reason === "redirect-port" && first !== undefined
				? make.destinationPort + make.compare(comparison.equal, be16(first.low))
				: make.match(multiport(order, condition.ports));
		}
		case "source":
		case "destination": {
			const [subnet] = condition.subnets;
			return subnet.prefix === 0 ? "" : make.subnet(condition.kind, addressBytes(subnet), subnet.prefix);
		}
		case "uid":
			return make.match(owner(order, "uid", condition.ids[0].low));
		case "gid":
			return make.match(owner(order, "gid", condition.ids[0].low));
	}
}
