import type { Hook, Match } from "../plan/plan.ts";
import { hookOf } from "../plan/plan.ts";
import { directions } from "../policy/condition.ts";
import { conditionsOf, itemKey } from "../policy/field.ts";
import { type FieldKey, wishesOf } from "../policy/fields.ts";
import { type Reason, reasonOfRow } from "../policy/reason.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";

/** One thing that a policy says, and where it says so. A rule can carry out several. */
export interface Provision {
	readonly hook: Hook;
	readonly reason: Reason;
	/** The connections that it is about; none for all of them. */
	readonly match: Match | undefined;
	/** Set when they go to the proxy. */
	readonly proxyPort?: number;
	/** A flag, an annotation, a default. */
	readonly origin: string;
}

/** Where an item of a policy was said; items are spelled as {@link itemKey} has them. */
export type OriginOf = (key: FieldKey, item: string) => string;

/** Everything that a policy says, one by one, in the order in which the planner makes rules of it. */
export function provisionsOf(policy: RedirectPolicy, originOf: OriginOf): Provision[] {
	return directions.flatMap((direction) =>
		wishesOf(direction, policy[direction]).flatMap(({ row, items }): Provision[] => {
			const common = { hook: hookOf[direction], reason: reasonOfRow(row) };
			if (row.takes === "nothing") {
				return [{ ...common, match: undefined, origin: "always" }];
			}
			const { proxyPort } = policy[direction];
			return items.map((item) => ({
				...common,
				match: conditionsOf(row.rule, [item])[0],
				...(row.rule.action === "redirect" ? { proxyPort } : {}),
				origin: originOf(row.annotation, itemKey(row, item)),
			}));
		}),
	);
}
