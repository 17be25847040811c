import { chainNames, hookOfOwnChain, jumpSpec } from "../backend/iptables/chains.ts";
import type { SavedTable } from "../backend/iptables/saved-table.ts";
import type { ListedRule, ListedTable } from "../backend/nftables/parse.ts";
import { hooks } from "../backend/nftables/render.ts";
import type { SetMatch, SetRule } from "../backend/nftables/set-rule.ts";
import type { Family } from "../domain/family.ts";
import type { Port } from "../domain/port.ts";
import type { Hook, Verdict } from "../plan/plan.ts";
import type { Condition, NatRule, NatTable, Span } from "../ruleset/ruleset.ts";
import { be32 } from "./bytes.ts";
import type { OwnJump, OwnPart } from "./iptables-nft-batch.ts";
import { natPriority } from "./nf-tables.ts";

/** Our table of the dialect of nftables, as it is held against a plan. What we would not write keeps its words. */
export function listedTableOf(table: NatTable): ListedTable {
	return {
		hooks: hooks.filter((hook) =>
			table.chains.some(
				({ name, base }) =>
					name === hook && base?.hook === hook && base.priority === natPriority && base.policy === "accept",
			),
		),
		rules: table.chains.flatMap(({ name, rules }) => {
			const hook = hooks.find((candidate) => candidate === name);
			return hook === undefined ? [] : rules.map((rule) => listedRule(rule, hook));
		}),
	};
}

function listedRule(rule: NatRule, hook: Hook): ListedRule {
	const [, reason] = /^proxy-init\/([a-z-]+)$/.exec(rule.comment ?? "") ?? [];
	const verdict = verdictOf(rule);
	const matches = matchesOf(rule.conditions);
	return reason === undefined || verdict === undefined || matches === undefined
		? { hook, reason: "unknown", text: rule.text }
		: { hook, reason: reason as SetRule["reason"], verdict, matches };
}

function verdictOf({ action }: NatRule): Verdict | undefined {
	if (action.kind === "return") {
		return { kind: "return" };
	}
	return action.kind === "redirect" && action.ports !== undefined && action.ports.low === action.ports.high
		? { kind: "redirect", port: action.ports.low as Port }
		: undefined;
}

/** Conditions that others take for granted are left out: a family of an address, the protocol of a port. */
function matchesOf(conditions: readonly Condition[]): SetMatch[] | undefined {
	const tests = conditions.map(({ test }) => test);
	const family = tests.find((test) => test.kind === "family")?.family;
	const isTcp = tests.some(({ kind }) => kind === "protocol");
	const matches: (SetMatch | undefined)[] = [];
	for (const { negated, test } of conditions) {
		const match = negated ? undefined : matchOf(test, family, isTcp);
		const isImplied =
			(test.kind === "family" && tests.some(({ kind }) => kind === "source" || kind === "destination")) ||
			(test.kind === "protocol" && tests.some(({ kind }) => kind === "destination-port"));
		if (!isImplied || match === undefined) {
			matches.push(match);
		}
	}
	return matches.every((match) => match !== undefined) ? matches : undefined;
}

/** Undefined for what a plan never asks for. */
function matchOf(test: Condition["test"], family: Family | undefined, isTcp: boolean): SetMatch | undefined {
	switch (test.kind) {
		case "family":
			return test;
		case "protocol":
			return test.protocols.join() === "tcp" ? { kind: "protocol", protocol: "tcp" } : undefined;
		case "destination-port":
			return isTcp
				? {
						kind: test.kind,
						ports: test.ports.map(({ low, high }) => ({ low: low as Port, high: high as Port })),
					}
				: undefined;
		case "source":
		case "destination":
			return family === undefined ? undefined : { kind: test.kind, family, subnets: test.subnets };
		case "in-interface":
		case "out-interface":
			return test.names.some(({ isPrefix }) => isPrefix)
				? undefined
				: { kind: test.kind, names: test.names.map(({ name }) => name) };
		case "uid":
		case "gid":
			return { kind: test.kind, ids: test.ids.flatMap(numbersIn) };
		default:
			return undefined;
	}
}

/** Users come one by one in our rules; of a longer span the ends tell it apart. */
function numbersIn({ low, high }: Span): number[] {
	return low === high ? [low] : [low, high, Number.NaN];
}

/** A family's table `nat` of the dialect of iptables-nft, as if iptables-nft-save had printed it. */
export function savedTableOf(table: NatTable): SavedTable {
	return {
		userChains: table.chains.flatMap(({ name }) => (builtIn.has(name) ? [] : [name])),
		rules: table.chains.flatMap(({ name: chain, rules }) => rules.map(({ text: spec }) => ({ chain, spec }))),
	};
}

const builtIn: ReadonlySet<string> = new Set(["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]);

/** What a batch needs to know of such a table to change our part of it. */
export function ownPartOf(table: NatTable, family: Family): OwnPart {
	return {
		family,
		chains: table.chains.map(({ name }) => name),
		jumps: table.chains.flatMap(({ name: chain, rules }) =>
			hookOfOwnChain(chain) === undefined ? rules.flatMap((rule) => jumpIn(rule, chain)) : [],
		),
	};
}

function jumpIn({ action, text, handle }: NatRule, chain: string): OwnJump[] {
	const to = action.kind === "jump" || action.kind === "goto" ? hookOfOwnChain(action.chain) : undefined;
	if (to === undefined || handle === undefined) {
		return [];
	}
	const isOurs = chain === chainNames[to].builtIn && text === jumpSpec(to);
	const bytes = be32(Math.floor(handle / 0x1_0000_0000)) + be32(handle % 0x1_0000_0000);
	return [{ chain, to, isOurs, handle: bytes }];
}
