import { type Cidr, parseCidr } from "../../domain/cidr.ts";
import type { Family } from "../../domain/family.ts";
import type { Port, PortRange } from "../../domain/port.ts";
import type { Hook, Verdict } from "../../plan/plan.ts";
import { subnetsBetween } from "./intervals.ts";
import { hooks } from "./render.ts";
import type { SetMatch, SetRule } from "./set-rule.ts";

/** Our table as `nft -j list table` shows it (libnftables-json(5)). */
export interface ListedTable {
	/** In order within each chain. What we would not write keeps its JSON. */
	readonly rules: readonly ListedRule[];
	/** The hooks whose chain is there and hangs where ours would. */
	readonly hooks: readonly Hook[];
}

export type ListedRule = SetRule | UnknownSetRule;

export interface UnknownSetRule {
	readonly hook: Hook;
	readonly reason: "unknown";
	readonly text: string;
}

/** Undefined for what is not such a listing at all. */
export function parseListing(json: string): ListedTable | undefined {
	const entries = asArray(asRecord(tryParse(json))?.["nftables"]);
	return entries && listedTable(entries);
}

/** The same, of the entries of a listing (`"nftables"`). */
export function listedTable(entries: readonly unknown[]): ListedTable {
	const chains = records(entries.map((entry) => asRecord(entry)?.["chain"]));
	const rules = records(entries.map((entry) => asRecord(entry)?.["rule"]));
	const tables = records(entries.map((entry) => asRecord(entry)?.["table"]));
	return {
		hooks: tables.some(isSwitchedOff)
			? []
			: hooks.filter((hook) => chains.some((chain) => hangs(chain, hook))),
		rules: rules.flatMap((rule) => {
			const hook = hooks.find((candidate) => candidate === rule["chain"]);
			return hook === undefined ? [] : [parseRule(hook, rule)];
		}),
	};
}

/** Ours has no flags, and `dormant` is the one that matters; nft 1.0.6 prints the table's name in its place. */
function isSwitchedOff(table: JsonRecord): boolean {
	return "flags" in table;
}

function hangs(chain: JsonRecord, hook: Hook): boolean {
	const { name, type, prio, policy, hook: at } = chain;
	return name === hook && at === hook && type === "nat" && prio === -100 && policy === "accept";
}

type Json = unknown;
type JsonRecord = Readonly<Record<string, Json>>;

function parseRule(hook: Hook, rule: JsonRecord): ListedRule {
	const unknown: UnknownSetRule = { hook, reason: "unknown", text: JSON.stringify(rule["expr"]) };
	const [, reason] = /^proxy-init\/([a-z-]+)$/.exec(String(rule["comment"])) ?? [];
	const statements = records(asArray(rule["expr"]) ?? []);
	const relevant = statements.filter((statement) => !("counter" in statement));
	const verdict = parseVerdict(relevant.at(-1));
	const matches = relevant.slice(0, -1).map((statement) => parseMatch(asRecord(statement["match"])));
	const known = matches.filter((match) => match !== undefined);
	if (verdict === undefined || reason === undefined || known.length !== matches.length) {
		return unknown;
	}
	return { hook, reason: reason as SetRule["reason"], verdict, matches: known };
}

function parseVerdict(statement: JsonRecord | undefined): Verdict | undefined {
	if (statement !== undefined && "return" in statement) {
		return { kind: "return" };
	}
	const port = asRecord(statement?.["redirect"])?.["port"];
	return typeof port === "number" ? { kind: "redirect", port: port as Port } : undefined;
}

function parseMatch(match: JsonRecord | undefined): SetMatch | undefined {
	if (match === undefined || match["op"] !== "==") {
		return undefined;
	}
	const right = match["right"];
	const elements = asArray(asRecord(right)?.["set"]) ?? [right];
	const left = asRecord(match["left"]);
	const payload = asRecord(left?.["payload"]);
	return payload === undefined
		? parseMeta(asRecord(left?.["meta"])?.["key"], elements)
		: parsePayload(`${payload["protocol"]} ${payload["field"]}`, elements);
}

function parsePayload(field: string, elements: readonly Json[]): SetMatch | undefined {
	switch (field) {
		case "tcp dport":
			return complete(elements, parsePorts, (ports) => ({ kind: "destination-port", ports }));
		case "ip saddr":
			return parseSide("source", "ipv4", elements);
		case "ip6 saddr":
			return parseSide("source", "ipv6", elements);
		case "ip daddr":
			return parseSide("destination", "ipv4", elements);
		case "ip6 daddr":
			return parseSide("destination", "ipv6", elements);
		default:
			return undefined;
	}
}

function parseSide(
	kind: "source" | "destination",
	family: Family,
	elements: readonly Json[],
): SetMatch | undefined {
	return complete(elements, parseSubnets, (subnets) => ({ kind, family, subnets: subnets.flat() }));
}

/** With `-n`, nft shows protocols as numbers: 6 is TCP, 10 is NFPROTO_IPV6. */
function parseMeta(key: Json, elements: readonly Json[]): SetMatch | undefined {
	const [only] = elements.length === 1 ? elements : [];
	switch (key) {
		case "l4proto":
			return only === 6 || only === "tcp" ? { kind: "protocol", protocol: "tcp" } : undefined;
		case "nfproto":
			return only === 10 || only === "ipv6" ? { kind: "family", family: "ipv6" } : undefined;
		case "iifname":
			return complete(elements, parseName, (names) => ({ kind: "in-interface", names }));
		case "oifname":
			return complete(elements, parseName, (names) => ({ kind: "out-interface", names }));
		case "skuid":
			return complete(elements, parseId, (ids) => ({ kind: "uid", ids }));
		case "skgid":
			return complete(elements, parseId, (ids) => ({ kind: "gid", ids }));
		default:
			return undefined;
	}
}

function complete<T>(
	elements: readonly Json[],
	parse: (element: Json) => T | undefined,
	make: (parsed: T[]) => SetMatch,
): SetMatch | undefined {
	const parsed = elements.map(parse).filter((element) => element !== undefined);
	return parsed.length === elements.length ? make(parsed) : undefined;
}

function parsePorts(element: Json): PortRange | undefined {
	const [low, high] = asArray(asRecord(element)?.["range"]) ?? [element, element];
	return typeof low === "number" && typeof high === "number"
		? { low: low as Port, high: high as Port }
		: undefined;
}

/** A prefix, a single address, or a range, which is how nft shows neighbouring subnets that it has joined. */
function parseSubnets(element: Json): Cidr[] | undefined {
	const [first, last] = asArray(asRecord(element)?.["range"]) ?? [];
	if (typeof first === "string" && typeof last === "string") {
		return subnetsBetween(first, last);
	}
	const prefix = asRecord(asRecord(element)?.["prefix"]);
	const host = String(element).includes(":") ? 128 : 32;
	const text = prefix === undefined ? `${String(element)}/${host}` : `${prefix["addr"]}/${prefix["len"]}`;
	const parsed = parseCidr(text, "nft");
	return parsed.ok ? [parsed.value] : undefined;
}

function parseName(element: Json): string | undefined {
	return typeof element === "string" ? element : undefined;
}

function parseId(element: Json): number | undefined {
	return typeof element === "number" ? element : undefined;
}

function tryParse(json: string): Json {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}

function asRecord(value: Json): JsonRecord | undefined {
	return typeof value === "object" && value !== null && !Array.isArray(value)
		? (value as JsonRecord)
		: undefined;
}

function records(values: readonly Json[]): JsonRecord[] {
	return values.map(asRecord).filter((value) => value !== undefined);
}

function asArray(value: Json): readonly Json[] | undefined {
	return Array.isArray(value) ? value : undefined;
}
