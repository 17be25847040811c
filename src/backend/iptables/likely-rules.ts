import { type Cidr, parseCidr, parseUsualCidrs } from "../../domain/cidr.ts";
import type { Span } from "../../domain/number.ts";
import { parseUsualPortRanges } from "../../domain/port.ts";
import { commentPrefix, subnetCommentStart } from "../../rules/comment.ts";
import { type Hook, hooks } from "../../rules/plan.ts";
import type { Condition, OwnReason } from "../../rules/rule.ts";
import type { Bytes } from "../../wire/bytes.ts";
import type { HookedRule } from "../backend.ts";
import { ownRule, readPorts } from "./own-rule.ts";

/**
 * Which rules are looked at. All but those about subnets are the same in both families, so that the first family's tell
 * what the second ought to have, too.
 */
export type Among = keyof typeof commentStarts;

/** How their comments begin. */
export const commentStarts = { all: commentPrefix, "of-one-family": subnetCommentStart } as const;

/**
 * What rules of our chains say if their comments tell the truth, which spares reading each of what may be tens of thousands.
 * A guess: what is made of it has to be held against the table. Of a list the first rule is read, and all are taken to be
 * like it but for what their comments name; those of no list are read. None where two say the same, which policies seldom
 * ask for and somebody should be told of.
 */
export class LikelyRules<T> {
	readonly #groups: Group<T>[] = [];

	/** A rule in one of our chains, and the bytes of its comment, of which those in lists are ASCII. */
	add(hook: Hook, comment: Bytes, rule: T): void {
		let group = this.#groups.at(-1);
		if (group?.hook !== hook || group.list === undefined || !comment.startsWith(group.list.start)) {
			const list = lists.find(({ start }) => comment.startsWith(start));
			group = this.#groups.find((one) => list !== undefined && one.hook === hook && one.list === list);
			if (group === undefined) {
				group = { hook, list, first: rule, named: [] };
				this.#groups.push(group);
			}
		}
		const { list, named } = group;
		named.push(
			list === undefined ? comment : comment.slice(list.start.length, comment.length - list.endLength),
		);
	}

	/** `textOf`: the words of iptables-save for a rule in a chain of ours. */
	read(textOf: (hook: Hook, rule: T) => string | undefined): readonly HookedRule[] {
		return hooks.flatMap((hook) => {
			const here = this.#groups.filter((group) => group.hook === hook);
			return here.some(isRepeated) || isRepeated({ named: here.flatMap(commentOutsideLists) })
				? []
				: here.flatMap((group) => readGroup(group, textOf));
		});
	}
}

/** The rules of a list, or a single one, in the order of the first of them. */
interface Group<T> {
	readonly hook: Hook;
	readonly list: List | undefined;
	readonly first: T;
	/** What their comments name, or of a rule of no list all of it. */
	readonly named: Bytes[];
}

function isRepeated({ named }: Pick<Group<unknown>, "named">): boolean {
	return new Set(named).size < named.length;
}

function commentOutsideLists({ list, named }: Group<unknown>): readonly Bytes[] {
	return list === undefined ? named : [];
}

function readGroup<T>(
	{ hook, first, named }: Group<T>,
	textOf: (hook: Hook, rule: T) => string | undefined,
): HookedRule[] {
	const rule = ownRule(textOf(hook, first) ?? "", hook);
	return rule === undefined
		? []
		: [
				{
					hook,
					rule:
						named.length > 1
							? { ...rule, conditions: rule.conditions.map((one) => ofList(one, named)) }
							: rule,
				},
			];
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
function ofList(condition: Condition, named: readonly Bytes[]): Condition {
	const list = named.join(",");
	switch (condition.kind) {
		case "destination-port":
			return { ...condition, ports: portsIn(list) };
		case "source":
		case "destination":
			return { ...condition, subnets: parseUsualCidrs(list) ?? named.flatMap(subnetIn) };
		case "uid":
			return {
				...condition,
				ids: named.map((text) => ({ low: Number(text), high: Number(text) })),
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
