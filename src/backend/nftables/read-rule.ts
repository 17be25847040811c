import type { Family } from "../../domain/family.ts";
import type { Span } from "../../domain/number.ts";
import type { Action, Condition, FoundRule, Test } from "../../rules/rule.ts";
import {
	asArray,
	asRecord,
	elementsOf,
	field,
	type Json,
	type JsonRecord,
	type NamedSets,
	parseNumbers,
} from "./json.ts";
import { parseKey } from "./read-key.ts";
import type { ListedTexts } from "./texts.ts";

/** What nft printed of a rule for people, if it did, and how to find a statement in it. */
interface RuleWords extends Pick<ListedTexts, "say"> {
	readonly text: string | undefined;
}

/**
 * Reads a rule of a listing. A verdict map becomes a rule for each of its elements, so that one rule here has one
 * action, and one that does nothing where it has none. What cannot be read is kept in the rule's own words.
 */
export function readRule(rule: JsonRecord, { text, say: sayAll }: RuleWords, sets: NamedSets): FoundRule[] {
	const statements = (asArray(rule["expr"]) ?? []).map((statement) => asRecord(statement) ?? {});
	const { comment, handle } = rule;
	const common = {
		text: text ?? JSON.stringify(rule["expr"]),
		...(typeof comment === "string" ? { comment } : {}),
		...(typeof handle === "number" ? { handle } : {}),
		...(statements.some(doesMore) ? { doesMore: true as const } : {}),
	};
	// Most rules are understood whole, and there may be tens of thousands.
	let words: readonly string[] | undefined;
	const sayStatement = (index: number): string => {
		words ??= sayAll(statements, rule, text);
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
			return [{ ...common, conditions: [...conditions, ...implied], action }];
		}
		conditions.push(...parseCondition(statement, say, sets));
	}
	return [{ ...common, conditions, action: { kind: "continue" } }];
}

function unparsed(text: string): Condition {
	return { kind: "unparsed", text };
}

/** Statements that look at nothing, steer nothing, and do something all the same. */
const aside: readonly string[] = ["log", "mangle", "set", "notrack", "ct helper", "meter", "last"];

function doesMore(statement: JsonRecord): boolean {
	return aside.some((name) => name in statement);
}

function parseCondition(statement: JsonRecord, say: Say, sets: NamedSets): Condition[] {
	if ("counter" in statement || doesMore(statement) || field(statement["xt"], "name") === "comment") {
		return [];
	}
	const match = statement["match"];
	const op = String(field(match, "op"));
	const negated = op === "!=";
	const found = readMatch(op, field(match, "left"), field(match, "right"), sets);
	return found === undefined ? [unparsed(say())] : [...found.implied, ...withNegation(found.test, negated)];
}

function withNegation(test: Test | undefined, negated: boolean): Condition[] {
	if (test === undefined) {
		return [];
	}
	return negated ? [{ ...test, negated }] : [test];
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
			conditions: found === undefined ? [unparsed(say())] : [...found.implied, found.test],
			action: parseVerdict(asRecord(verdict) ?? {}, say)?.action ?? { kind: "unparsed", text: say() },
		};
	});
}

interface Verdict {
	readonly action: Action;
	/** `dnat ip to …` is for IPv4 alone. */
	readonly implied: readonly Test[];
}

/** The words of a statement, for one that is not understood. */
type Say = () => string;

/** Reads a statement that ends a rule; undefined for one that does not. */
function parseVerdict(statement: JsonRecord, say: Say): Verdict | undefined {
	const [name = "", value] = Object.entries(statement)[0] ?? [];
	if (unread.has(name) && field(value, "type") !== "match") {
		return { action: { kind: "unparsed", text: say() }, implied: [] };
	}
	const action = simple[name] ?? steering(name, value, say);
	const family = name === "dnat" ? families[String(field(value, "family"))] : undefined;
	return action && { action, implied: family === undefined ? [] : [{ kind: "family", family }] };
}

const simple: Readonly<Record<string, Action>> = {
	accept: { kind: "accept" },
	drop: { kind: "drop" },
	// Tells the packet's sender, too.
	reject: { kind: "drop" },
	return: { kind: "return" },
	continue: { kind: "continue" },
};

/** `xt` is a target of iptables', of which nft shows no more than the name. */
const unread: ReadonlySet<string> = new Set(["masquerade", "queue", "snat", "synproxy", "tproxy", "xt"]);

const families: Readonly<Record<string, Family>> = { ip: "ipv4", ip6: "ipv6" };

function steering(name: string, value: Json, say: Say): Action | undefined {
	switch (name) {
		case "jump":
		case "goto":
			return { kind: name, chain: String(field(value, "target")) };
		case "redirect":
		case "dnat":
			return translation(name, value) ?? { kind: "unparsed", text: say() };
		default:
			return undefined;
	}
}

function translation(kind: "redirect" | "dnat", value: Json): Action | undefined {
	const port = field(value, "port");
	const ports = port === undefined ? {} : portsOf(port);
	const target = field(value, "addr");
	const address = target === undefined ? {} : addressOf(target);
	return ports === undefined || address === undefined ? undefined : { kind, ...ports, ...address };
}

/** Undefined for ports that are computed, from a map or by hashing. */
function portsOf(port: Json): { ports: Span } | undefined {
	const [ports] = parseNumbers([port]) ?? [];
	return ports && { ports };
}

function addressOf(target: Json): { address: string } | undefined {
	const ends = asArray(field(target, "range")) ?? [target];
	return ends.every((end) => typeof end === "string") ? { address: ends.join("-") } : undefined;
}
