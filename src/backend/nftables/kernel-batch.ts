import { parseCidr } from "../../domain/cidr.ts";
import { only } from "../../policy/condition.ts";
import { type Hook, hooks, type Plan } from "../../rules/plan.ts";
import type { Condition, OwnRule } from "../../rules/rule.ts";
import { type Batch, type BatchOptions, makeBatch, type Step } from "../../wire/batch.ts";
import { be32, cString, words } from "../../wire/bytes.ts";
import {
	chainField,
	flag,
	hookField,
	hookNumber,
	messageType,
	natPriority,
	policyAccept,
	tableField,
} from "../../wire/nf-tables.ts";
import { commentOf, type Place, ruleSteps } from "./encode-rule.ts";
import { setRules } from "./gather.ts";
import { recordOf } from "./record.ts";
import { table as ownTable } from "./render.ts";

/** What the dialect of nftables lets one choose. */
export interface TableOptions {
	/** A counter in each rule. */
	readonly counters: boolean;
}

/** Makes our table with all that a plan asks for; refused with EEXIST where there is one. */
export function creation(plan: Plan, table: TableOptions, options: BatchOptions): Batch {
	return makeBatch(
		newTableSteps((hook) => setRules(plan, hook), recorded(plan, table), placeOf(ownTable.name, options)),
		options,
	);
}

/** The same whatever there was: a table is added so that there is one to delete. */
export function replacement(plan: Plan, table: TableOptions, options: BatchOptions): Batch {
	const place = placeOf(ownTable.name, options);
	return makeBatch(
		[...removalSteps(place), ...newTableSteps((hook) => setRules(plan, hook), recorded(plan, table), place)],
		options,
	);
}

interface RecordedTable extends TableOptions {
	/** Kept with the table and printed by nft as its comment; at most 253 bytes. Linux knows it since 5.10. */
	readonly comment?: string;
}

function recorded(plan: Plan, table: TableOptions): RecordedTable {
	return { ...table, comment: recordOf(plan) };
}

/** Removes our table, and succeeds where there is none. */
export function removal(options: BatchOptions): Batch {
	return makeBatch(removalSteps(placeOf(ownTable.name, options)), options);
}

/**
 * Every kind of rule that we write, in a table of another name, to be looked at and not kept. They stand in a chain that
 * nothing leads into: the kernel looks at none in a chain that it cannot make, and so would name one of two lacks.
 */
export function probe(options: BatchOptions): Batch {
	const place = placeOf("shunt_probe", options);
	const table = { counters: false };
	const steps = [
		...newTableSteps(() => [], table, place),
		plainChain(probeChain, place),
		...probeRules.flatMap((rule) => ruleSteps(probeChain, rule, table.counters, place)),
	];
	return makeBatch(steps, { ...options, withoutEnd: true });
}

const probeChain = "rules";

const probeRules: readonly OwnRule[] = [
	trial({ kind: "family", family: "ipv6" }),
	trial({
		kind: "destination-port",
		ports: [
			{ low: 1, high: 1 },
			{ low: 3, high: 4 },
		],
	}),
	...["192.0.2.0/25", "2001:db8::/33"].flatMap((text) => {
		const subnet = parseCidr(text, "probe");
		return subnet.ok ? [trial({ kind: "source", subnets: [subnet.value] })] : [];
	}),
	{
		...trial({ kind: "protocol", protocols: ["tcp"] }),
		action: { kind: "redirect", ports: { low: 1, high: 1 } },
	},
	trial({ kind: "out-interface", names: [{ name: "lo", isPrefix: false }] }, { kind: "uid", ids: only(1) }),
];

function trial(...conditions: readonly Condition[]): OwnRule {
	return { conditions, reason: "ignore-family", action: { kind: "return" } };
}

function placeOf(name: string, options: BatchOptions): Place {
	let last = 0;
	return {
		name: cString(name),
		order: words[options.order],
		nextSet: () => {
			last++;
			return last;
		},
	};
}

/** A table that is deleted must be there, so that one is made where there is none. */
function removalSteps(place: Place): Step[] {
	const { attribute } = place.order;
	return [
		newTable({ counters: false }, place, flag.create),
		{
			...aboutTable,
			type: messageType.deleteTable,
			flags: 0,
			attributes: attribute(tableField.name, place.name),
		},
	];
}

const aboutTable = { scope: "inet", about: `table inet ${ownTable.name}` } as const;

function newTable({ comment }: RecordedTable, { name, order }: Place, flags: number): Step {
	const { attribute } = order;
	const userdata = comment === undefined ? "" : attribute(tableField.userdata, commentOf(comment));
	return {
		...aboutTable,
		type: messageType.newTable,
		flags,
		attributes: attribute(tableField.name, name) + attribute(tableField.flags, be32(0)) + userdata,
	};
}

function newTableSteps(
	rulesAt: (hook: Hook) => readonly OwnRule[],
	table: RecordedTable,
	place: Place,
): Step[] {
	return [
		newTable(table, place, flag.create | flag.exclusive),
		...hooks.map((hook) => newChain(hook, place)),
		...hooks.flatMap((hook) => rulesAt(hook).flatMap((rule) => ruleSteps(hook, rule, table.counters, place))),
	];
}

function plainChain(chain: string, { name, order: { attribute } }: Place): Step {
	return {
		scope: "inet",
		about: `chain ${chain}`,
		type: messageType.newChain,
		flags: flag.create,
		attributes: attribute(chainField.table, name) + attribute(chainField.name, cString(chain)),
	};
}

function newChain(hook: Hook, { name, order: { attribute, nest } }: Place): Step {
	const position =
		attribute(hookField.number, be32(hookNumber[hook])) + attribute(hookField.priority, be32(natPriority));
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
			nest(chainField.hook, position),
	};
}

const natType = cString("nat");
