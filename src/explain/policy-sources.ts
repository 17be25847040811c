import { backendOf } from "../backend/backends.ts";
import { defaultMode, type Mode } from "../domain/mode.ts";
import { directions } from "../policy/condition.ts";
import { conditionsOf, itemKey } from "../policy/field.ts";
import { type FieldKey, wishesOf } from "../policy/fields.ts";
import { reasonOfRow } from "../policy/reason.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { hookOf, plan } from "../rules/plan.ts";
import type { PolicySource, Rules } from "./subject.ts";

/** Where an item of a policy was said; items are spelled as {@link itemKey} has them. */
export type OriginOf = (key: FieldKey, item: string) => string;

/** Everything that a policy says, one by one, in the order in which the planner makes rules of it. */
export function policySources(policy: RedirectPolicy, originOf: OriginOf): PolicySource[] {
	return directions.flatMap((direction) =>
		wishesOf(direction, policy[direction]).flatMap(({ row, items }): PolicySource[] => {
			const common = { hook: hookOf[direction], reason: reasonOfRow(row) };
			if (row.takes === "nothing") {
				return [{ ...common, selection: undefined, origin: "always" }];
			}
			const { proxyPort } = policy[direction];
			return items.map((item) => ({
				...common,
				selection: conditionsOf(row.rule, [item])[0],
				...(row.rule.action === "redirect" ? { proxyPort } : {}),
				origin: originOf(row.annotation, itemKey(row, item)),
			}));
		}),
	);
}

/**
 * The rules that a policy asks for, with where each part of it was said. They stand where the mode puts them; where `auto`
 * or nothing says which, in the default's place, which most dialects share.
 */
export function rulesFor(policy: RedirectPolicy, originOf: OriginOf, mode?: Mode): Rules {
	const { chainAt } = backendOf(mode === undefined || mode === "auto" ? defaultMode : mode);
	return {
		kind: "plan",
		plan: plan(policy),
		sources: policySources(policy, originOf),
		places: { prerouting: chainAt("prerouting"), output: chainAt("output") },
	};
}
