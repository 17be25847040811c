import type { Action, Condition, NatRule, Test } from "../ruleset.ts";
import { asArray, asRecord, field, type Json, type JsonRecord } from "./json.ts";
import { elementsOf, type NamedSets } from "./parse-elements.ts";
import { parseKey } from "./parse-key.ts";
import { parseVerdict } from "./parse-verdict.ts";

/**
 * Reads a rule of a listing. A verdict map becomes a rule for each of its elements, so that one rule here has one
 * action. What cannot be read is kept as it stands in the JSON.
 */
export function parseRule(rule: JsonRecord, text: string | undefined, sets: NamedSets): NatRule[] {
	const statements = (asArray(rule["expr"]) ?? []).map((statement) => asRecord(statement) ?? {});
	const words = text ?? JSON.stringify(rule["expr"]);
	const { comment } = rule as { comment?: Json };
	const common = { text: words, ...(typeof comment === "string" ? { comment } : {}) };
	const conditions: Condition[] = [];
	for (const statement of statements) {
		if ("vmap" in statement) {
			return parseMap(statement, sets).map((one) => ({
				...common,
				conditions: [...conditions, ...one.conditions],
				action: one.action,
			}));
		}
		const verdict = parseVerdict(statement);
		if (verdict !== undefined) {
			const { action, implied } = verdict;
			return [{ ...common, conditions: [...conditions, ...implied.map(plain)], action }];
		}
		conditions.push(...parseCondition(statement, sets));
	}
	return [{ ...common, conditions, action: { kind: "continue" } }];
}

function plain(test: Test): Condition {
	return { negated: false, test };
}

function unparsed(statement: Json): Condition {
	return plain({ kind: "unparsed", text: JSON.stringify(statement) });
}

/** Statements that look at nothing and steer nothing. */
const idle: readonly string[] = ["counter", "log", "mangle", "set", "notrack", "ct helper", "meter", "last"];

function parseCondition(statement: JsonRecord, sets: NamedSets): Condition[] {
	if (idle.some((name) => name in statement) || field(statement["xt"], "name") === "comment") {
		return [];
	}
	const match = statement["match"];
	const negated = field(match, "op") === "!=";
	const isPlain = ["==", "in", "!="].includes(String(field(match, "op")));
	const found = isPlain ? readKey(field(match, "left"), field(match, "right"), sets) : undefined;
	return found === undefined
		? [unparsed(statement)]
		: [...found.implied.map(plain), { negated, test: found.test }];
}

function readKey(
	left: Json,
	right: Json,
	sets: NamedSets,
): { implied: readonly Test[]; test: Test } | undefined {
	const key = parseKey(left);
	const elements = elementsOf(right, sets);
	const test = elements && key?.test(elements);
	return key === undefined || test === undefined ? undefined : { implied: key.implied, test };
}

function parseMap(
	statement: JsonRecord,
	sets: NamedSets,
): { conditions: readonly Condition[]; action: Action }[] {
	const map = statement["vmap"];
	const pairs = elementsOf(field(map, "data"), sets)?.map((pair) => asArray(pair) ?? []);
	if (pairs === undefined) {
		return [{ conditions: [], action: { kind: "unparsed", text: JSON.stringify(statement) } }];
	}
	return pairs.map(([element, verdict]) => {
		const found = readKey(field(map, "key"), { set: [element] }, sets);
		return {
			conditions:
				found === undefined
					? [unparsed([field(map, "key"), element])]
					: [...found.implied, found.test].map(plain),
			action: parseVerdict(asRecord(verdict) ?? {})?.action ?? {
				kind: "unparsed",
				text: JSON.stringify(verdict),
			},
		};
	});
}
