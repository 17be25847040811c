import type { SetMatch, SetRule } from "../backend/nftables/set-rule.ts";
import type { Family } from "../domain/family.ts";
import { anonymousSetSteps, type SetContent, setKeys } from "./anonymous-set.ts";
import type { Step } from "./batch.ts";
import { type Bytes, cString, forEachOrder, u8, type Words } from "./bytes.ts";
import { type Expressions, expressions } from "./expressions.ts";
import {
	addressOffset,
	commentUserdata,
	comparison,
	flag,
	messageType,
	metaKey,
	payloadBase,
	protocolFamily,
	ruleField,
	userdataLimit,
} from "./nf-tables.ts";
import { idOperand, nameOperand, type Operand, portOperand, subnetOperand } from "./set-content.ts";

/** Where a batch puts its rules. */
export interface Place {
	/** The table's name, with its NUL. */
	readonly name: Bytes;
	readonly order: Words;
	/** Numbers for the sets of the batch, by which its rules name them. */
	readonly nextSet: () => number;
}

/** Userdata that nft prints as a comment: a type, a length, and the text with its NUL. */
export function commentOf(text: string): Bytes {
	const string = cString(text);
	if (string.length + 2 > userdataLimit) {
		throw new RangeError(`a comment of ${string.length - 1} bytes: nf_tables keeps ${userdataLimit - 3}`);
	}
	return u8(commentUserdata) + u8(string.length) + string;
}

/** Makes a set for the rule that is being made, and answers with the expression that looks register 1 up in it. */
type MakeSet = (content: SetContent) => Bytes;

/** What makes a rule at the end of its chain, and the sets that it looks things up in. */
export function ruleSteps(rule: SetRule, counters: boolean, place: Place): Step[] {
	const { order, name, nextSet } = place;
	const { hook, reason, matches, verdict } = rule;
	const about = `rule "proxy-init/${reason}" of chain ${hook}`;
	const make = expressions[order.order];
	const steps: Step[] = [];
	const makeSet: MakeSet = (content) => {
		const id = nextSet();
		steps.push(...anonymousSetSteps(order, { name, about }, id, content));
		return make.lookup(id);
	};
	const parts = matches.map((match) => matchBytes(match, order, makeSet));
	if (counters) {
		parts.push(make.counter);
	}
	parts.push(verdict.kind === "return" ? make.verdictReturn : make.redirect(verdict.port));
	const { attribute, nest } = order;
	steps.push({
		scope: "inet",
		about,
		type: messageType.newRule,
		flags: flag.create | flag.append,
		attributes:
			attribute(ruleField.table, name) +
			attribute(ruleField.chain, cString(hook)) +
			nest(ruleField.expressions, parts.join("")) +
			attribute(ruleField.userdata, commentOf(`proxy-init/${reason}`)),
	});
	return steps;
}

function matchBytes(match: SetMatch, order: Words, makeSet: MakeSet): Bytes {
	const make = expressions[order.order];
	switch (match.kind) {
		case "family":
			return isFamily[order.order][match.family];
		case "protocol":
			return make.tcp;
		case "destination-port":
			return make.tcp + make.destinationPort + held(portOperand(match.ports), make, makeSet);
		case "source":
		case "destination":
			return isFamily[order.order][match.family] + subnetBytes(match, make, makeSet);
		case "in-interface":
			return make.meta(metaKey.iifname) + held(nameOperand(match.names), make, makeSet);
		case "out-interface":
			return make.meta(metaKey.oifname) + held(nameOperand(match.names), make, makeSet);
		case "uid":
			return make.meta(metaKey.skuid) + held(idOperand("uid", match.ids, order), make, makeSet);
		case "gid":
			return make.meta(metaKey.skgid) + held(idOperand("gid", match.ids, order), make, makeSet);
	}
}

const isFamily = forEachOrder(({ order }) => {
	const { meta, compare } = expressions[order];
	const is = (family: Family) =>
		meta(metaKey.nfproto) + compare(comparison.equal, u8(protocolFamily[family]));
	return { ipv4: is("ipv4"), ipv6: is("ipv6") };
});

/** What register 1 is held against. */
function held(operand: Operand, { compare }: Expressions, makeSet: MakeSet): Bytes {
	switch (operand.kind) {
		case "value":
			return compare(comparison.equal, operand.value);
		case "range":
			return compare(comparison.atLeast, operand.low) + compare(comparison.atMost, operand.high);
		case "set":
			return makeSet(operand.content);
	}
}

type SubnetMatch = Extract<SetMatch, { kind: "source" | "destination" }>;

function subnetBytes({ kind, family, subnets }: SubnetMatch, make: Expressions, makeSet: MakeSet): Bytes {
	const operand = subnetOperand(family, subnets);
	return operand.kind === "subnet"
		? make.subnet(kind, operand.address, operand.prefix)
		: make.payload(payloadBase.network, addressOffset[family][kind], setKeys[family].length) +
				makeSet(operand.content);
}
