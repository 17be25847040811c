import { unparsedIn } from "../rules/rule.ts";
import { type Gap, type Ruleset, wholeRules } from "../rules/ruleset.ts";
import { tableName } from "./ruleset-trace.ts";

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
export function gapName({ dialect, scope, table }: Gap): string {
	return [dialect, scope, table].filter(Boolean).join(" ");
}
