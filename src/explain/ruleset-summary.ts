import { type Hook, hooks } from "../rules/plan.ts";
import { type FoundRule, unparsedIn } from "../rules/rule.ts";
import {
	type Gap,
	type NatChain,
	type NatTable,
	type Ruleset,
	reachable,
	wholeRules,
} from "../rules/ruleset.ts";
import { actionInWords, conditionsInWords } from "../rules/words.ts";
import { tableName, whyOf } from "./ruleset-trace.ts";

/** A part of what rules do, told without a packet. Plain data for the terminal, JSON and the page. */
export interface Section {
	readonly title: string;
	/** A sentence over the rows, where there is one to say. */
	readonly lead?: string;
	readonly rows: readonly Row[];
}

export interface Row {
	/** Which connections: "to port 3306". */
	readonly what: string;
	/** What becomes of them. */
	readonly outcome: string;
	/** Who asked for it, or why it is there. */
	readonly origin: string;
}

/** Each chain that a packet can come to, from each hook, in the order in which netfilter enters them. */
export function rulesetSummary({ tables, gaps, unconfirmed }: Ruleset): Section[] {
	const sections = hooks.flatMap((hook) =>
		tables
			.flatMap((table) => basesAt(table, hook))
			.toSorted((a, b) => a.priority - b.priority)
			.flatMap(({ table, chain }) => chainSections(table, chain, hook)),
	);
	const all = [
		...sections,
		...gapSection("Not read", "What these hold may change everything that is said here.", gaps),
		...gapSection("Not confirmed", "Of these tables there may be more to say.", unconfirmed),
	];
	return all.length > 0
		? all
		: [{ title: "Nothing is redirected", lead: "There are no nat rules here.", rows: [] }];
}

function basesAt(table: NatTable, hook: Hook) {
	return table.chains.flatMap((chain) =>
		chain.base?.hook === hook ? [{ table, chain, priority: chain.base.priority }] : [],
	);
}

function chainSections(table: NatTable, base: NatChain, hook: Hook): Section[] {
	return reachable(table, base)
		.filter((chain) => chain.rules.length > 0)
		.map((chain) => ({
			title: `${hook === "prerouting" ? "Inbound" : "Outbound"}: ${tableName(table)}, chain ${chain.name}`,
			rows: chain.rules.map((rule) => rowOf(rule, { chain: chain.name, table, hook })),
		}));
}

function rowOf(
	rule: FoundRule,
	place: { readonly chain: string; readonly table: NatTable; readonly hook: Hook },
): Row {
	return {
		what: conditionsInWords(rule),
		outcome: actionInWords(rule.action),
		origin: whyOf({ rule, ...place }, place.hook),
	};
}

function gapSection(title: string, lead: string, gaps: readonly Gap[]): Section[] {
	const rows = gaps.map((gap) => ({ what: gapName(gap), outcome: "not known", origin: gap.why }));
	return rows.length === 0 ? [] : [{ title, lead, rows }];
}

/** What of a namespace's rules is not understood: sentences without a full stop. */
export function rulesetNotes({ tables, gaps, unconfirmed }: Ruleset): string[] {
	return [
		...gaps.map((gap) => `not read: ${gapName(gap)} (${gap.why})`),
		...unconfirmed.map((gap) => `not confirmed: ${gapName(gap)} (${gap.why})`),
		...tables.flatMap((table) =>
			table.chains.flatMap(({ name, rules }) =>
				wholeRules(rules).flatMap((parts, index) =>
					[...new Set(parts.flatMap(unparsedIn))].map(
						(text) =>
							`not understood: ${JSON.stringify(text)} in rule ${index + 1} of ${name} (${tableName(table)})`,
					),
				),
			),
		),
	];
}

/** `legacy ipv4 nat`, or less where less is known. */
function gapName({ dialect, scope, table }: Gap): string {
	return [dialect, scope, table].filter(Boolean).join(" ");
}
