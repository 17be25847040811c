import type { Action, Condition, Ruleset } from "../ruleset/ruleset.ts";
import { tableName } from "./ruleset-journey.ts";

/** What of a namespace's rules is not understood: sentences without a full stop. */
export function rulesetNotes({ tables, gaps }: Ruleset): string[] {
	return [
		...gaps.map(
			({ dialect, scope, table, why }) =>
				`not read: ${[dialect, scope, table].filter(Boolean).join(" ")} (${why})`,
		),
		...tables.flatMap((table) =>
			table.chains.flatMap(({ name, rules }) =>
				rules.flatMap(({ conditions, action }, index) =>
					strange(conditions, action).map(
						(text) =>
							`not understood: ${JSON.stringify(text)} in rule ${index + 1} of ${name} (${tableName(table)})`,
					),
				),
			),
		),
	];
}

function strange(conditions: readonly Condition[], action: Action): string[] {
	return [
		...conditions.flatMap(({ test }) => (test.kind === "unparsed" ? [test.text] : [])),
		...(action.kind === "unparsed" ? [action.text] : []),
	];
}
