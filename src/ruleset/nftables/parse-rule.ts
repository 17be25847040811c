import type { Action, Condition, NatRule, Test } from "../ruleset.ts";
import { asArray, asRecord, field, type Json, type JsonRecord } from "./json.ts";
import { elementsOf, type NamedSets } from "./parse-elements.ts";
import { parseKey } from "./parse-key.ts";
import { parseVerdict, type Say } from "./parse-verdict.ts";
import { statementWords } from "./statement-words.ts";

/**
 * Reads a rule of a listing. A verdict map becomes a rule for each of its elements, so that one rule here has one
 * action, and one that does nothing where it has none. What cannot be read is kept in the rule's own words.
 */
export function parseRule(rule: JsonRecord, text: string | undefined, sets: NamedSets): NatRule[] {
	const statements = (asArray(rule["expr"]) ?? []).map((statement) => asRecord(statement) ?? {});
	const { comment, handle } = rule;
	const common = {
		text: text ?? JSON.stringify(rule["expr"]),
		...(typeof comment === "string" ? { comment } : {}),
		...(typeof handle === "number" ? { handle } : {}),
	};
	// Most rules are understood whole, and there may be tens of thousands.
	let words: readonly string[] | undefined;
	const sayStatement = (index: number): string => {
		words ??= statementWords(statements, rule, text);
		return words[index] ?? common.text;
	};
	const conditions: Condition[] = [];
	for (const [index, statement] of statements.entries()) {
		const say = () => sayStatement(index);
		if ("vmap" in statement) {
			return parseMap(statement, say, sets).map((one) => ({
				...common,
				conditions: [...conditions, ...one.conditions],
				action: one.action,
			}));
		}
		const verdict = parseVerdict(statement, say);
		if (verdict !== undefined) {
			const { action, implied } = verdict;
			return [{ ...common, conditions: [...conditions, ...implied.map(plain)], action }];
		}
		conditions.push(...parseCondition(statement, say, sets));
	}
	return [{ ...common, conditions, action: { kind: "continue" } }];
}

function plain(test: Test): Condition {
	return { negated: false, test };
}

function unparsed(text: string): Condition {
	return plain({ kind: "unparsed", text });
}

/** Statements that look at nothing and steer nothing. */
const idle: readonly string[] = ["counter", "log", "mangle", "set", "notrack", "ct helper", "meter", "last"];

function parseCondition(statement: JsonRecord, say: Say, sets: NamedSets): Condition[] {
	if (idle.some((name) => name in statement) || field(statement["xt"], "name") === "comment") {
		return [];
	}
	const match = statement["match"];
	const op = String(field(match, "op"));
	const negated = op === "!=";
	const found = readMatch(op, field(match, "left"), field(match, "right"), sets);
	return found === undefined
		? [unparsed(say())]
		: [...found.implied.map(plain), ...(found.test === undefined ? [] : [{ negated, test: found.test }])];
}

interface ReadKey {
	readonly implied: readonly Test[];
	/** Absent where a connection's first packet always fulfils it. */
	readonly test?: Test;
}

function readMatch(op: string, left: Json, right: Json, sets: NamedSets): ReadKey | undefined {
	if (["==", "in", "!="].includes(op)) {
		return op === "==" && isOpening(left, right)
			? { implied: [{ kind: "protocol", protocols: ["tcp"] }] }
			: readKey(left, right, sets);
	}
	const key = parseKey(left);
	const range = key?.largest === undefined ? undefined : rangeOf(op, right, key.largest);
	return range === undefined ? undefined : readKey(left, { range }, sets);
}

/** `> 80` and its like, as a range of which one end is the last that there is. */
function rangeOf(op: string, right: Json, largest: number): [number, number] | undefined {
	if (typeof right !== "number") {
		return undefined;
	}
	const ranges: Readonly<Record<string, [number, number]>> = {
		">": [right + 1, largest],
		">=": [right, largest],
		"<": [0, right - 1],
		"<=": [0, right],
	};
	const range = ranges[op];
	return range !== undefined && range[0] <= range[1] ? range : undefined;
}

/**
 * `tcp flags syn / fin,syn,rst,ack`, which iptables writes as `--syn`. The bits are those of the TCP header (RFC 9293,
 * 3.1); nft up to 1.0 prints them as a list, later ones as a sum (`|`).
 */
function isOpening(left: Json, right: Json): boolean {
	const [flags, mask] = asArray(field(left, "&")) ?? [];
	const bits = asArray(mask) ?? asArray(field(mask, "|")) ?? [mask];
	const isAll = [1, 2, 4, 16].every((bit) => bits.includes(bit)) && bits.length === 4;
	const payload = field(flags, "payload");
	const isFlags = field(payload, "protocol") === "tcp" && field(payload, "field") === "flags";
	return isFlags && right === 2 && (isAll || mask === 23);
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
	say: Say,
	sets: NamedSets,
): { conditions: readonly Condition[]; action: Action }[] {
	const map = statement["vmap"];
	const pairs = elementsOf(field(map, "data"), sets)?.map((pair) => asArray(pair) ?? []);
	if (pairs === undefined) {
		return [{ conditions: [], action: { kind: "unparsed", text: say() } }];
	}
	if (pairs.length === 0) {
		return [{ conditions: [], action: { kind: "continue" } }];
	}
	return pairs.map(([element, verdict]) => {
		const found = readKey(field(map, "key"), { set: [element] }, sets);
		return {
			conditions: found === undefined ? [unparsed(say())] : [...found.implied, found.test].map(plain),
			action: parseVerdict(asRecord(verdict) ?? {}, say)?.action ?? { kind: "unparsed", text: say() },
		};
	});
}
