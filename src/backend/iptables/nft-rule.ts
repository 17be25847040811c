import type { Family } from "../../domain/family.ts";
import { commentOf, subnetCommentStart } from "../../rules/comment.ts";
import {
	type Hook,
	isOfOneFamily,
	type PlannedCondition,
	type PlannedRule,
	passedSubnet,
	type SubnetSelection,
} from "../../rules/plan.ts";
import {
	attributeHeaderLength,
	type Bytes,
	be16,
	be32,
	cString,
	type Frame,
	forEachOrder,
	padded,
	type Words,
	zeros,
} from "../../wire/bytes.ts";
import { type Countable, expressions } from "../../wire/expressions.ts";
import { comparison, compatField, metaKey, ruleField, tcpProtocol } from "../../wire/nf-tables.ts";
import { comment, commentLength, multiport, multiportLength, owner, redirect } from "../../wire/xtables.ts";
import { chainNames } from "./own-state.ts";
import { portGroups } from "./render.ts";

/** A rule's expressions, which count in between. */
export interface RuleExpressions extends Countable {
	/** Some matches are only taken where the rule says for which protocol it is. */
	readonly isTcp: boolean;
}

/**
 * A rule's expressions in the form of iptables-nft 1.8.9: each release prints what it would have made itself and what older
 * ones made. Several where the ports need more than one multiport match.
 */
export function ruleExpressions(rule: PlannedRule, family: Family, order: Words): readonly RuleExpressions[] {
	const { verdictReturn, target } = expressions(order);
	const passed = passedSubnet(rule);
	if (passed !== undefined && passed.subnets[0].prefix > 0) {
		return [{ conditions: passedConditions(passed, order), verdict: verdictReturn, isTcp: false }];
	}
	const parts = returningParts(rule, order);
	if (rule.action.kind === "return") {
		return parts;
	}
	const verdict = target(redirect(order, family, rule.action.ports.low));
	return parts.map(({ conditions, isTcp }) => ({ conditions, verdict, isTcp }));
}

/** Joined of what rules about subnets of one prefix have in common: there may be tens of thousands. */
function passedConditions(passed: SubnetSelection, order: Words): Bytes {
	const { first, text } = passed.subnets[0];
	const { start, between, end, length } = passedFrame(passed, order);
	// A subnet's spelling is ASCII, and short.
	return start + first.slice(0, length) + between + padded(text, commentRoom) + end;
}

/** Makes {@link ruleBody} of rules about subnets behind what names their table and chain. Most are of one prefix. */
export function passedBodies(place: Bytes, order: Words): (passed: SubnetSelection) => Bytes {
	let last: PassedFrame | undefined;
	let before = "";
	let behind = "";
	return (passed) => {
		const { first, text } = passed.subnets[0];
		const frame = passedFrame(passed, order);
		if (frame !== last) {
			last = frame;
			before = place + frame.head + frame.start;
			behind = frame.end + frame.tail;
		}
		const address = frame.length === first.length ? first : first.slice(0, frame.length);
		return `${before}${address}${frame.between}${padded(text, commentRoom)}${behind}`;
	};
}

const commentRoom = commentLength - subnetCommentStart.length;

/** What stands before the address, between it and the subnet as the comment spells it, and behind that. */
interface PassedFrame extends Frame {
	readonly between: Bytes;
	/** Of the address. */
	readonly length: number;
	/** Before and behind the conditions in {@link ruleBody}. */
	readonly head: Bytes;
	readonly tail: Bytes;
}

const passedFrames = forEachOrder(() => new Map<number, PassedFrame>());

function passedFrame({ kind, subnets }: SubnetSelection, order: Words): PassedFrame {
	const frames = passedFrames(order);
	const { first, prefix } = subnets[0];
	const key = (kind === "source" ? 0x1_0000 : 0) | (first.length << 8) | prefix;
	const known = frames.get(key);
	if (known !== undefined) {
		return known;
	}
	const make = expressions(order);
	const { start, end, length } = make.subnetFrame(kind, first.length, prefix);
	const match = make.matchFrame("comment", 0, commentLength);
	const between = end + match.start + subnetCommentStart;
	const conditions = zeros(start.length + length + between.length + commentRoom + match.end.length);
	const body = ruleBody({ conditions, verdict: make.verdictReturn, isTcp: false }, order);
	const frame = {
		start,
		between,
		end: match.end,
		length,
		head: body.slice(0, attributeHeaderLength),
		tail: body.slice(attributeHeaderLength + conditions.length),
	};
	frames.set(key, frame);
	return frame;
}

/** What is the same in both families, which most rules serve: there may be thousands. */
const shared = forEachOrder(() => new WeakMap<PlannedRule, readonly RuleExpressions[]>());

/** A rule's expressions as if it let pass what it selects, as most do. */
function returningParts(rule: PlannedRule, order: Words): readonly RuleExpressions[] {
	const known = isOfOneFamily(rule) ? undefined : shared(order).get(rule);
	if (known !== undefined) {
		return known;
	}
	const parts = portsParts(rule, order) ?? [otherParts(rule, order)];
	if (!isOfOneFamily(rule)) {
		shared(order).set(rule, parts);
	}
	return parts;
}

function otherParts(rule: PlannedRule, order: Words): RuleExpressions {
	const { reason, conditions } = rule;
	const { match, verdictReturn } = expressions(order);
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
	return {
		conditions: interfaces + rest + match(comment(commentOf(reason, conditions))),
		verdict: verdictReturn,
		isTcp: conditions.some(({ kind }) => kind === "protocol"),
	};
}

/** Of a rule about a list of ports, joined of what those that it makes have in common: there may be thousands. */
function portsParts(rule: PlannedRule, order: Words): RuleExpressions[] | undefined {
	const frame = portsFrame(order);
	const { verdictReturn: verdict } = expressions(order);
	return portGroups(rule)?.map(({ ports, comment: text }) => ({
		// A list's spelling is ASCII, and short.
		conditions: `${frame.start}${multiport(order, ports).data}${frame.between}${padded(text, commentLength)}${frame.end}`,
		verdict,
		isTcp: true,
	}));
}

/** What stands before the data of multiport, between it and the comment, and behind that. */
const portsFrame = forEachOrder((order) => {
	const { tcp, matchFrame } = expressions(order);
	const [ports, text] = [
		matchFrame("multiport", 1, multiportLength),
		matchFrame("comment", 0, commentLength),
	];
	return { start: tcp + ports.start, between: ports.end + text.start, end: text.end };
});

/** The rule that leads a hook's connections into our chain. */
export function jumpExpressions(hook: Hook, order: Words): RuleExpressions {
	return jumps(order)[hook];
}

const jumps = forEachOrder((order) => {
	const make = (hook: Hook): RuleExpressions => {
		const { own, jumpComment } = chainNames[hook];
		const { match, jump } = expressions(order);
		return { conditions: match(comment(jumpComment)), verdict: jump(own), isTcp: false };
	};
	return { prerouting: make("prerouting"), output: make("output") };
});

/** The attributes of a rule that say what it does. */
export function ruleBody({ conditions, verdict, isTcp }: RuleExpressions, order: Words): Bytes {
	const { withTcp, without } = compat(order);
	return (
		order.nest(ruleField.expressions, conditions + expressions(order).counter + verdict) +
		(isTcp ? withTcp : without)
	);
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

type InterfaceCondition = Extract<PlannedCondition, { names: unknown }>;

function interfaceBytes({ kind, names: [{ name }] }: InterfaceCondition, order: Words): Bytes {
	const { meta, compare } = expressions(order);
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
	const make = expressions(order);
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
			return subnet.prefix === 0 ? "" : make.subnet(condition.kind, subnet.first, subnet.prefix);
		}
		case "uid":
			return make.match(owner(order, "uid", condition.ids[0].low));
		case "gid":
			return make.match(owner(order, "gid", condition.ids[0].low));
	}
}
