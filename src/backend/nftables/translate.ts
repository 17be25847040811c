import type { Span } from "../../domain/number.ts";
import { type Action, type Condition, type FoundRule, unparsedIn } from "../../rules/rule.ts";
import { largestId, largestPort, parseDestination, parseSpan, parseSpans } from "../../rules/spelling.ts";
import { isXt } from "./statement-words.ts";

/**
 * Reads what nft's JSON has but the name of, extensions of iptables', in the rule's text, where nft spells the usual
 * ones as rules of its own (`xtables-translate(8)`). For a table that iptables-nft-save does not show; otherwise that
 * knows better. What is not found, or found more than once, stays as it is.
 */
export function translated(rule: FoundRule): FoundRule {
	// A release that cannot spell them says `xt match "owner"` or `# xt_owner` in the text too.
	const isSpelt = !/\bxt[ _]/.test(rule.text);
	if (!unparsedIn(rule).some(isXt) || !isSpelt) {
		return rule;
	}
	// What stands in quotation marks is somebody's text.
	const words = rule.text.replace(/"[^"]*"/g, '""');
	return {
		...rule,
		conditions: rule.conditions.map((condition) => translatedCondition(condition, words)),
		action: translatedAction(rule.action, words),
	};
}

function translatedCondition(condition: Condition, words: string): Condition {
	const [, name = ""] =
		condition.kind === "unparsed" ? (/^xt match "(\w+)"$/.exec(condition.text) ?? []) : [];
	const extension = Object.hasOwn(extensions, name) ? extensions[name] : undefined;
	// A second thing of the kind is another rule's part, or one that the extension looks at besides.
	const isOne = extension !== undefined && [...words.matchAll(extension.subject)].length === 1;
	const found = isOne ? extension.pattern.exec(words) : null;
	return found === null ? condition : (extension?.read(found.groups ?? {}) ?? condition);
}

interface Extension {
	/** What the text must mention once. */
	readonly subject: RegExp;
	/** `not`, and whatever else there is to read. */
	readonly pattern: RegExp;
	readonly read: (found: Readonly<Record<string, string | undefined>>) => Condition | undefined;
}

const spans = String.raw`(?<not>!= )?(?<spans>\{[^}]*\}|[\d-]+)`;

const extensions: Readonly<Record<string, Extension>> = {
	owner: {
		subject: /\bsk[ug]id\b/g,
		pattern: new RegExp(String.raw`\bsk(?<kind>[ug]id) ${spans}`),
		read: ({ not, kind, spans: text }) =>
			given(spansIn(text, largestId), (ids) => ({
				kind: kind === "uid" ? "uid" : "gid",
				ids,
				...negation(not),
			})),
	},
	multiport: {
		subject: /\b[ds]port\b/g,
		pattern: new RegExp(String.raw`\b(?:tcp|udp|sctp|dccp|udplite) (?<side>[ds])port ${spans}`),
		read: ({ not, side, spans: text }) =>
			given(spansIn(text, largestPort), (ports) => ({
				kind: side === "d" ? "destination-port" : "source-port",
				ports,
				...negation(not),
			})),
	},
	addrtype: {
		subject: /\bfib\b/g,
		pattern: /\bfib (?<side>[ds])addr type (?<not>!= )?local\b/,
		read: ({ not, side }) => ({
			kind: side === "d" ? "destination-is-local" : "source-is-local",
			...negation(not),
		}),
	},
	conntrack: {
		subject: /\bct\b/g,
		pattern: /\bct state (?<not>!= )?(?<states>[a-z,]+)/,
		read: ({ not, states = "" }) => ({
			kind: "connection-state",
			states: states.split(","),
			...negation(not),
		}),
	},
};

function translatedAction(action: Action, words: string): Action {
	const [, name] = action.kind === "unparsed" ? (/^xt target "(\w+)"$/.exec(action.text) ?? []) : [];
	switch (name) {
		case "REDIRECT":
			return redirect(words) ?? action;
		case "DNAT":
			return parseDestination(/ dnat to (\S+)(?: [a-z,-]+)?$/.exec(words)?.[1] ?? "") ?? action;
		case "MARK":
		case "CONNMARK":
		case "LOG":
		case "NFLOG":
			return { kind: "continue" };
		default:
			return action;
	}
}

function redirect(words: string): Action | undefined {
	const [found, text] = /(?:^| )redirect(?: to :([\d-]+))?(?: [a-z,-]+)?$/.exec(words) ?? [];
	const ports = text === undefined ? undefined : parseSpan(text, largestPort);
	if (found === undefined || (text !== undefined && ports === undefined)) {
		return undefined;
	}
	return { kind: "redirect", ...(ports === undefined ? {} : { ports }) };
}

function negation(not: string | undefined): { readonly negated?: true } {
	return not === undefined ? {} : { negated: true };
}

function spansIn(text: string | undefined, largest: number): Span[] | undefined {
	return parseSpans((text ?? "").replace(/[{} ]/g, ""), largest);
}

function given<T>(value: T | undefined, make: (value: T) => Condition): Condition | undefined {
	return value === undefined ? undefined : make(value);
}
