import type { Hook } from "../plan/plan.ts";
import type { Gap, NatChain, NatRule, NatTable, Ruleset } from "../ruleset/ruleset.ts";
import { describeAction, describeConditions } from "./condition-words.ts";
import { reachable } from "./reachable.ts";
import { tableName, whyOf } from "./ruleset-journey.ts";
import { gapName } from "./ruleset-notes.ts";
import type { Row, Section } from "./section.ts";

/** Each chain that a packet can come to, from each hook, in the order in which netfilter enters them. */
export function rulesetSummary({ tables, gaps, unconfirmed }: Ruleset): Section[] {
	const sections = (["prerouting", "output"] as const).flatMap((hook) =>
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
	rule: NatRule,
	place: { readonly chain: string; readonly table: NatTable; readonly hook: Hook },
): Row {
	return {
		what: describeConditions(rule),
		outcome: describeAction(rule.action),
		origin: whyOf({ rule, ...place }, place.hook),
	};
}

function gapSection(title: string, lead: string, gaps: readonly Gap[]): Section[] {
	const rows = gaps.map((gap) => ({ what: gapName(gap), outcome: "not known", origin: gap.why }));
	return rows.length === 0 ? [] : [{ title, lead, rows }];
}
