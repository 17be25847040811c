import { type Cidr, parseCidr, parseUsualCidrs } from "../../domain/cidr.ts";
import type { Span } from "../../domain/number.ts";
import { parseUsualPortRanges } from "../../domain/port.ts";
import { commentPrefix } from "../../rules/comment.ts";
import { type Hook, hooks } from "../../rules/plan.ts";
import type { Condition, OwnReason } from "../../rules/rule.ts";
import type { HookedRule } from "../backend.ts";
import { ownRule, readPorts } from "./own-rule.ts";

/** A rule in one of our chains, and the comment that it bears. */
export interface Commented<T> {
	readonly hook: Hook;
	readonly comment: string;
	readonly rule: T;
}

/** The words of iptables-save for a rule in a chain of ours. */
export type TextOf<T> = (hook: Hook, rule: T) => string | undefined;

/**
 * What rules of our chains say if their comments tell the truth, which spares reading each of what may be tens of thousands.
 * A guess: what is made of it has to be held against the table. Of a list the first rule is read, and all are taken to be
 * like it but for what their comments name; those of no list are read. None where two say the same, which policies seldom
 * ask for and somebody should be told of.
 */
export function likelyRules<T>(rules: readonly Commented<T>[], textOf: TextOf<T>): readonly HookedRule[] {
	return hooks.flatMap((hook) => {
		const here = rules.filter((each) => each.hook === hook);
		const details = new Map<List | T, string[]>();
		const firsts = new Map<List | T, T>();
		for (const { comment, rule } of here) {
			const list = lists.find(({ start }) => comment.startsWith(start));
			const key = list ?? rule;
			const detail =
				list === undefined ? "" : comment.slice(list.start.length, comment.length - list.endLength);
			const before = details.get(key);
			if (before === undefined) {
				details.set(key, [detail]);
				firsts.set(key, rule);
			} else {
				before.push(detail);
			}
		}
		const isRepeated = new Set(here.map(({ comment }) => comment)).size < here.length;
		return isRepeated
			? []
			: [...firsts].flatMap(([key, first]): HookedRule[] => {
					const rule = ownRule(textOf(hook, first) ?? "", hook);
					const named = details.get(key) ?? [];
					const conditions = rule?.conditions.map((condition) =>
						named.length > 1 ? ofList(condition, named.join(",")) : condition,
					);
					return rule === undefined || conditions === undefined
						? []
						: [{ hook, rule: { ...rule, conditions } }];
				});
	});
}

/** How the comments of a list's rules begin, and how long their ending is. */
interface List {
	readonly start: string;
	readonly endLength: number;
}

const redirected = "-to-proxy-port".length;

const lists: readonly List[] = (
	[
		["ignore-port", 0],
		["ignore-subnet", 0],
		["ignore-user-id", 0],
		["redirect-port", redirected],
		["redirect-outgoing-port", redirected],
	] as const satisfies readonly (readonly [OwnReason, number])[]
).map(([reason, endLength]) => ({ start: `${commentPrefix}${reason}-`, endLength }));

/** What the first rule asks for, of all that the others name. */
function ofList(condition: Condition, list: string): Condition {
	switch (condition.kind) {
		case "destination-port":
			return { ...condition, ports: portsIn(list) };
		case "source":
		case "destination":
			return { ...condition, subnets: parseUsualCidrs(list) ?? list.split(",").flatMap(subnetIn) };
		case "uid":
			return {
				...condition,
				ids: list.split(",").map((text) => ({ low: Number(text), high: Number(text) })),
			};
		default:
			return condition;
	}
}

/** What was last read: both families have the same. */
let last: { readonly list: string; readonly ports: readonly Span[] } | undefined;

function portsIn(list: string): readonly Span[] {
	if (last?.list !== list) {
		last = { list, ports: parseUsualPortRanges(list) ?? readPorts(list) ?? [] };
	}
	return last.ports;
}

function subnetIn(text: string): Cidr[] {
	const parsed = parseCidr(text, "comment");
	return parsed.ok ? [parsed.value] : [];
}
