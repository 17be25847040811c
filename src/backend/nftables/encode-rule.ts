import type { Family } from "../../domain/family.ts";
import { commentPrefix } from "../../rules/comment.ts";
import type { Condition, OwnRule } from "../../rules/rule.ts";
import { anonymousSetSteps, type SetContent, setKeys } from "../../wire/anonymous-set.ts";
import type { Step } from "../../wire/batch.ts";
import { type Bytes, cString, forEachOrder, u8, type Words } from "../../wire/bytes.ts";
import { type Countable, type Expressions, expressions } from "../../wire/expressions.ts";
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
} from "../../wire/nf-tables.ts";
import { idOperand, nameOperand, type Operand, portOperand, subnetOperand } from "../../wire/set-content.ts";

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
export type MakeSet = (content: SetContent) => Bytes;

/** What makes a rule at the end of its chain, and the sets that it looks things up in. */
export function ruleSteps(chain: string, rule: OwnRule, counters: boolean, place: Place): Step[] {
	const { order, name, nextSet } = place;
	const { reason } = rule;
	const comment = `${commentPrefix}${reason}`;
	const about = `rule "${comment}" of chain ${chain}`;
	const make = expressions(order);
	const steps: Step[] = [];
	const makeSet: MakeSet = (content) => {
		const id = nextSet();
		steps.push(...anonymousSetSteps(order, { name, about }, id, content));
		return make.lookup(id);
	};
	const { conditions, verdict } = ruleParts(rule, order, makeSet);
	const { attribute, nest } = order;
	steps.push({
		scope: "inet",
		about,
		type: messageType.newRule,
		flags: flag.create | flag.append,
		attributes:
			attribute(ruleField.table, name) +
			attribute(ruleField.chain, cString(chain)) +
			nest(ruleField.expressions, conditions + (counters ? make.counter : "") + verdict) +
			attribute(ruleField.userdata, commentOf(comment)),
	});
	return steps;
}

/** A rule's expressions, between which a counter may stand. */
export function ruleParts({ conditions, action }: OwnRule, order: Words, makeSet: MakeSet): Countable {
	const { verdictReturn, redirect } = expressions(order);
	return {
		conditions: conditions.map((condition) => conditionBytes(condition, order, makeSet)).join(""),
		verdict: action.kind === "return" ? verdictReturn : redirect(action.ports.low),
	};
}

function conditionBytes(condition: Condition, order: Words, makeSet: MakeSet): Bytes {
	const make = expressions(order);
	switch (condition.kind) {
		case "family":
			return isFamily(order)[condition.family];
		case "protocol":
			return make.tcp;
		case "destination-port":
			return make.tcp + make.destinationPort + held(portOperand(condition.ports), make, makeSet);
		case "source":
		case "destination":
			return subnetBytes(condition, order, makeSet);
		case "in-interface":
			return (
				make.meta(metaKey.iifname) + held(nameOperand(condition.names.map(({ name }) => name)), make, makeSet)
			);
		case "out-interface":
			return (
				make.meta(metaKey.oifname) + held(nameOperand(condition.names.map(({ name }) => name)), make, makeSet)
			);
		case "uid":
			return make.meta(metaKey.skuid) + held(idOperand("uid", idsIn(condition), order), make, makeSet);
		case "gid":
			return make.meta(metaKey.skgid) + held(idOperand("gid", idsIn(condition), order), make, makeSet);
		default:
			throw new Error(`no rule of ours has a condition on ${condition.kind}`);
	}
}

const isFamily = forEachOrder((order) => {
	const { meta, compare } = expressions(order);
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

type SubnetCondition = Extract<Condition, { kind: "source" | "destination" }>;

/** All subnets of a set are of one family. */
function subnetBytes({ kind, subnets }: SubnetCondition, order: Words, makeSet: MakeSet): Bytes {
	const make = expressions(order);
	const family = subnets[0]?.family ?? "ipv4";
	const operand = subnetOperand(family, subnets);
	const held =
		operand.kind === "subnet"
			? make.subnet(kind, operand.address, operand.prefix)
			: make.payload(payloadBase.network, addressOffset[family][kind], setKeys[family].length) +
				makeSet(operand.content);
	return isFamily(order)[family] + held;
}

type IdCondition = Extract<Condition, { kind: "uid" | "gid" }>;

function idsIn({ ids }: IdCondition): number[] {
	return ids.map(({ low }) => low);
}
