import { commentPrefix } from "../../rules/comment.ts";
import { type Hook, hooks, type Plan } from "../../rules/plan.ts";
import type { OwnRule } from "../../rules/rule.ts";
import { type SetContent, toldElements } from "../../wire/anonymous-set.ts";
import { type ByteOrder, toldWords, type Words } from "../../wire/bytes.ts";
import { expressions, isCounted } from "../../wire/expressions.ts";
import { type FilledSet, rulesByChain, type TableContent } from "../../wire/nat-tables.ts";
import { hookNumber, natPriority, policyAccept } from "../../wire/nf-tables.ts";
import { elementListOf, type RuleObject } from "../../wire/objects.ts";
import { ruleParts } from "./encode-rule.ts";
import { setRules } from "./gather.ts";
import { recordOf } from "./record.ts";

/**
 * Whether our table holds a plan byte for byte as we would have sent it; whether its rules count makes no difference. Where
 * this says no the two may still mean the same, which takes reading the rules (driftOf in drift.ts); where it says yes
 * there is nothing to read, however long the lists are.
 */
export function tableStandsAsSent(content: TableContent, plan: Plan, of: ByteOrder): boolean {
	const order = toldWords[of];
	const told = rulesByChain(content.rules);
	const sets = new Map(content.sets.map((filled) => [filled.set.name, filled]));
	return (
		!content.table.hasFlags &&
		content.chains.length === hooks.length &&
		isRecordedAs(content, plan) &&
		hooks.every((hook) => {
			const wanted = setRules(plan, hook);
			const there = told.get(hook) ?? [];
			return (
				hangs(content, hook) &&
				there.length === wanted.length &&
				wanted.every((rule, index) => isAsSent(there[index], rule, { order, sets }))
			);
		})
	);
}

/** Before Linux 5.10, and of an earlier Shunt's, a table has no record. */
function isRecordedAs({ table: { comment } }: TableContent, plan: Plan): boolean {
	return comment === undefined || comment === recordOf(plan);
}

function hangs({ chains }: TableContent, hook: Hook): boolean {
	const base = chains.find(({ name }) => name === hook)?.base;
	return (
		base?.type === "nat" &&
		base.hook === hookNumber[hook] &&
		base.priority === natPriority &&
		base.policy === policyAccept
	);
}

interface Surroundings {
	readonly order: Words;
	readonly sets: ReadonlyMap<string, FilledSet>;
}

function isAsSent(rule: RuleObject | undefined, wanted: OwnRule, { order, sets }: Surroundings): boolean {
	if (rule?.comment !== `${commentPrefix}${wanted.reason}`) {
		return false;
	}
	const told = rule.expressions;
	// The kernel gave a rule's sets names of their own, in the order in which the rule looks things up.
	const names = (told.match(/__set\d+/g) ?? []).values();
	let areSetsRight = true;
	const parts = ruleParts(wanted, order, (content) => {
		const name = names.next().value ?? "";
		areSetsRight &&= isHeld(sets.get(name), content, order);
		return expressions(order).lookupNamed(name);
	});
	return areSetsRight && (told === parts.conditions + parts.verdict || isCounted(told, parts, order));
}

/** Whether a set holds just this. */
function isHeld(filled: FilledSet | undefined, content: SetContent, order: Words): boolean {
	const set = filled?.set;
	if (
		filled === undefined ||
		set?.isInterval !== (content.kind === "intervals") ||
		set.isMap ||
		set.isConcatenation ||
		set.keyLength !== content.key.length
	) {
		return false;
	}
	const told = filled.told.map((one) => elementListOf(one, order.order)).join("");
	const wanted = toldElements(content, order);
	if (content.kind === "intervals") {
		return told === wanted.join("");
	}
	const length = wanted[0]?.length ?? 1;
	const pieces = Array.from({ length: Math.ceil(told.length / length) }, (_, index) =>
		told.slice(index * length, (index + 1) * length),
	);
	return pieces.sort().join("") === wanted.sort().join("");
}
