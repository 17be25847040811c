import { hooks, table as ownTable } from "../backend/nftables/render.ts";
import { type SetMatch, type SetRule, setRules } from "../backend/nftables/set-rule.ts";
import type { Family } from "../domain/family.ts";
import type { Hook, Plan } from "../plan/plan.ts";
import { anonymousSetSteps, type SetContent, setKeys } from "./anonymous-set.ts";
import { type Batch, type BatchOptions, makeBatch, type Step } from "./batch.ts";
import { type Bytes, be32, cString, forEachOrder, u8, type Words, words } from "./bytes.ts";
import { type Expressions, expressions } from "./expressions.ts";
import {
	addressOffset,
	chainField,
	commentUserdata,
	comparison,
	flag,
	hookField,
	hookNumber,
	messageType,
	metaKey,
	natPriority,
	payloadBase,
	policyAccept,
	protocolFamily,
	ruleField,
	tableField,
	userdataLimit,
} from "./nf-tables.ts";
import { idOperand, nameOperand, type Operand, portOperand, subnetOperand } from "./set-content.ts";

/** What the dialect of nftables lets one choose. */
export interface TableOptions {
	/** A counter in each rule. */
	readonly counters: boolean;
	/** Kept with the table and printed by nft as its comment; at most 254 bytes. Linux knows it since 5.10. */
	readonly comment?: string;
}

/** Makes our table with all that a plan asks for; refused with EEXIST where there is one. */
export function creation(plan: Plan, table: TableOptions, options: BatchOptions): Batch {
	return makeBatch(
		[
			newTable(table, words[options.order], flag.create | flag.exclusive),
			...contentSteps(plan, table, options),
		],
		options,
	);
}

/** The same whatever there was: a table is added so that there is one to delete. */
export function replacement(plan: Plan, table: TableOptions, options: BatchOptions): Batch {
	const order = words[options.order];
	return makeBatch(
		[
			...removalSteps(order),
			newTable(table, order, flag.create | flag.exclusive),
			...contentSteps(plan, table, options),
		],
		options,
	);
}

/** Removes our table, and succeeds where there is none. */
export function removal(options: BatchOptions): Batch {
	return makeBatch(removalSteps(words[options.order]), options);
}

const name = cString(ownTable.name);

function removalSteps(order: Words): Step[] {
	return [
		newTable({ counters: false }, order, flag.create),
		{
			...aboutTable,
			type: messageType.deleteTable,
			flags: 0,
			attributes: order.attribute(tableField.name, name),
		},
	];
}

const aboutTable = { scope: "inet", about: `table inet ${ownTable.name}` } as const;

function newTable({ comment }: TableOptions, { attribute }: Words, flags: number): Step {
	const userdata = comment === undefined ? "" : attribute(tableField.userdata, commentOf(comment));
	return {
		...aboutTable,
		type: messageType.newTable,
		flags,
		attributes: attribute(tableField.name, name) + attribute(tableField.flags, be32(0)) + userdata,
	};
}

/** Userdata that nft prints as a comment: a type, a length, and the text with its NUL. */
function commentOf(text: string): Bytes {
	const string = cString(text);
	if (string.length + 2 > userdataLimit) {
		throw new RangeError(`a comment of ${string.length - 1} bytes: nf_tables keeps ${userdataLimit - 3}`);
	}
	return u8(commentUserdata) + u8(string.length) + string;
}

function contentSteps(plan: Plan, table: TableOptions, options: BatchOptions): Step[] {
	const order = words[options.order];
	const rules = setRules(plan);
	let last = 0;
	const nextSet = () => {
		last++;
		return last;
	};
	return [
		...hooks.map((hook) => newChain(hook, order)),
		...hooks.flatMap((hook) =>
			rules.filter((rule) => rule.hook === hook).flatMap((rule) => ruleSteps(rule, table, order, nextSet)),
		),
	];
}

function newChain(hook: Hook, { attribute, nest }: Words): Step {
	return {
		scope: "inet",
		about: `chain ${hook}`,
		type: messageType.newChain,
		flags: flag.create,
		attributes:
			attribute(chainField.table, name) +
			attribute(chainField.name, cString(hook)) +
			attribute(chainField.type, natType) +
			attribute(chainField.policy, be32(policyAccept)) +
			nest(
				chainField.hook,
				attribute(hookField.number, be32(hookNumber[hook])) +
					attribute(hookField.priority, be32(natPriority)),
			),
	};
}

const natType = cString("nat");

/** Makes a set for the rule that is being made, and answers with the expression that looks register 1 up in it. */
type MakeSet = (content: SetContent) => Bytes;

/** `nextSet` gives the sets of a batch their numbers, by which its rules name them. */
function ruleSteps(rule: SetRule, { counters }: TableOptions, order: Words, nextSet: () => number): Step[] {
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
