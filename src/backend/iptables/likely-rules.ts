import { type Cidr, parseCidr } from "../../domain/cidr.ts";
import { type PortRange, parseUsualPortRanges } from "../../domain/port.ts";
import { commentPrefix, subnetCommentStart } from "../../rules/comment.ts";
import { type Hook, hooks, pass, tcp } from "../../rules/plan.ts";
import type { HookedRule } from "../backend.ts";
import { ownRule, readPorts } from "./own-rule.ts";

/** A rule in one of our chains, and the comment that it bears. */
export interface Commented<T> {
	readonly hook: Hook;
	readonly comment: string;
	readonly rule: T;
}

/** The words of iptables-save for rules in a chain of ours. */
export type TextsOf<T> = (hook: Hook, rules: readonly T[]) => readonly string[];

/**
 * What rules of our chains say if their comments tell the truth, which spares reading each of what may be tens of thousands.
 * A guess: what is made of it has to be held against the table. Those of no list are read, since their comments do not say
 * all. None where two say the same, which policies seldom ask for and somebody should be told of.
 */
export function likelyRules<T>(rules: readonly Commented<T>[], textsOf: TextsOf<T>): readonly HookedRule[] {
	return hooks.flatMap((hook) => {
		const here = rules.filter((each) => each.hook === hook);
		const ports: string[] = [];
		const subnets: string[] = [];
		const others: T[] = [];
		for (const { comment, rule } of here) {
			if (comment.startsWith(portCommentStart)) {
				ports.push(comment.slice(portCommentStart.length));
			} else if (comment.startsWith(subnetCommentStart)) {
				subnets.push(comment.slice(subnetCommentStart.length));
			} else {
				others.push(rule);
			}
		}
		return new Set(here.map(({ comment }) => comment).values()).size < here.length
			? []
			: [
					...portRules(hook, ports.join(",")),
					...subnetRules(hook, subnets),
					...textsOf(hook, others).flatMap((text): HookedRule[] => {
						const rule = ownRule(text, hook);
						return rule === undefined ? [] : [{ hook, rule }];
					}),
				];
	});
}

const portCommentStart = `${commentPrefix}ignore-port-`;

/** What was last read: both families have the same. */
let last: { readonly list: string; readonly ports: readonly PortRange[] | undefined } | undefined;

function portsIn(list: string): readonly PortRange[] | undefined {
	if (last?.list !== list) {
		last = { list, ports: parseUsualPortRanges(list) ?? readPorts(list) };
	}
	return last.ports;
}

/** As one rule, which is how they were asked for. */
function portRules(hook: Hook, list: string): HookedRule[] {
	const ports = list === "" ? undefined : portsIn(list);
	return ports === undefined
		? []
		: [
				{
					hook,
					rule: {
						reason: "ignore-port",
						conditions: [tcp, { kind: "destination-port", ports }],
						action: pass,
					},
				},
			];
}

function subnetRules(hook: Hook, texts: readonly string[]): HookedRule[] {
	const subnets: Cidr[] = [];
	for (const text of texts) {
		const parsed = parseCidr(text, "comment");
		if (!parsed.ok) {
			return [];
		}
		subnets.push(parsed.value);
	}
	const kind = hook === "prerouting" ? "source" : "destination";
	return subnets.length === 0
		? []
		: [{ hook, rule: { reason: "ignore-subnet", conditions: [{ kind, subnets }], action: pass } }];
}
