import type { Family } from "../../domain/family.ts";
import type { Action, Span, Test } from "../ruleset.ts";
import { asArray, field, type Json, type JsonRecord } from "./json.ts";
import { parseNumbers } from "./parse-elements.ts";

export interface Verdict {
	readonly action: Action;
	/** `dnat ip to …` is for IPv4 alone. */
	readonly implied: readonly Test[];
}

/** The words of a statement, for one that is not understood. */
export type Say = () => string;

/** Reads a statement that ends a rule; undefined for one that does not. */
export function parseVerdict(statement: JsonRecord, say: Say): Verdict | undefined {
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
	return: { kind: "return" },
	continue: { kind: "continue" },
};

/** `xt` is a target of iptables', of which nft shows no more than the name. */
const unread: ReadonlySet<string> = new Set([
	"masquerade",
	"queue",
	"reject",
	"snat",
	"synproxy",
	"tproxy",
	"xt",
]);

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

/** Not what is computed, from a map or by hashing. */
function portsOf(port: Json): { ports: Span } | undefined {
	const [ports] = parseNumbers([port]) ?? [];
	return ports && { ports };
}

function addressOf(target: Json): { address: string } | undefined {
	const ends = asArray(field(target, "range")) ?? [target];
	return ends.every((end) => typeof end === "string") ? { address: ends.join("-") } : undefined;
}
