import { chainNames } from "../backend/iptables/chains.ts";
import { splitPorts } from "../backend/iptables/render-rule.ts";
import type { Family } from "../domain/family.ts";
import { commentOf } from "../plan/comment.ts";
import type { Hook, Match, Rule } from "../plan/plan.ts";
import { type Bytes, be16, be32, cString, forEachOrder, type Words } from "./bytes.ts";
import { expressions } from "./expressions.ts";
import { comparison, compatField, metaKey, ruleField, tcpProtocol } from "./nf-tables.ts";
import { addressBytes } from "./set-content.ts";
import { comment, multiport, owner, redirect } from "./xtables.ts";

/**
 * A rule's expressions and what goes with them, in the form of iptables-nft 1.8.9: each release prints what it would have
 * made itself and what older ones made. Several where the ports need more than one multiport match.
 */
export function ruleBodies(rule: Rule, family: Family, order: Words): Bytes[] {
	const { verdictReturn, target } = expressions[order.order];
	const verdict =
		rule.verdict.kind === "return" ? verdictReturn : target(redirect(order, family, rule.verdict.port));
	return splitPorts(rule.matches).map((matches) => {
		// Interfaces come first, then addresses and the protocol.
		let interfaces = "";
		let rest = "";
		for (const match of matches) {
			if (match.kind === "in-interface" || match.kind === "out-interface") {
				interfaces += interfaceBytes(match, order);
			} else {
				rest += matchBytes(match, rule, order);
			}
		}
		const isTcp = matches.some(({ kind }) => kind === "protocol");
		return body(interfaces + rest, commentOf(rule.reason, matches), verdict, isTcp, order);
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

type InterfaceMatch = Extract<Match, { kind: "in-interface" | "out-interface" }>;

function interfaceBytes({ kind, name }: InterfaceMatch, { order }: Words): Bytes {
	const { meta, compare } = expressions[order];
	return (
		meta(kind === "in-interface" ? metaKey.iifname : metaKey.oifname) +
		compare(comparison.equal, cString(name))
	);
}

function matchBytes(match: Exclude<Match, InterfaceMatch>, { reason }: Rule, order: Words): Bytes {
	const make = expressions[order.order];
	switch (match.kind) {
		case "protocol":
			return make.tcp;
		case "destination-port": {
			const [first] = match.ports;
			// The reference program writes a single listed port with the tcp match (render-rule.ts), which is native here.
			return reason === "redirect-port" && first !== undefined
				? make.destinationPort + make.compare(comparison.equal, be16(first.low))
				: make.match(multiport(order, match.ports));
		}
		case "source":
		case "destination": {
			const { subnet } = match;
			return subnet.prefix === 0 ? "" : make.subnet(match.kind, addressBytes(subnet), subnet.prefix);
		}
		case "uid":
			return make.match(owner(order, "uid", match.uid));
		case "gid":
			return make.match(owner(order, "gid", match.gid));
	}
}
