import { type Cidr, formatCidr, parseCidr, sameCidr } from "../../domain/cidr.ts";
import { parseUid } from "../../domain/identity.ts";
import { type InterfacePattern, parseInterfaceName } from "../../domain/interface-name.ts";
import { maxPort, type Port, type PortRange, parsePort } from "../../domain/port.ts";
import { only } from "../../policy/condition.ts";
import type { Reason } from "../../policy/reason.ts";
import { commentOf, commentPrefix, reasonOf } from "../../rules/comment.ts";
import {
	type Hook,
	type PlannedAction,
	type PlannedCondition,
	type PlannedRule,
	pass,
	passSubnet,
	redirectTo,
	tcp,
} from "../../rules/plan.ts";
import type { Action, Condition, FoundRule } from "../../rules/rule.ts";
import { readRule } from "./read.ts";
import { isWrittenAs, renderRule } from "./render.ts";

/**
 * Takes a rule of one of our chains for what a plan would have there: undefined for whatever we would not write for any.
 * `spec` is what iptables-save prints behind `-A CHAIN`.
 */
export function ownRule(spec: string, hook: Hook): PlannedRule | undefined {
	return ruleOfList(spec, hook) ?? anyRule(spec, hook);
}

function anyRule(spec: string, hook: Hook): PlannedRule | undefined {
	const found = readRule(spec, () => false);
	const reason = reasonOf(found.comment);
	const parts = plannedPartsOf(found);
	if (reason === undefined || parts === undefined) {
		return undefined;
	}
	const { conditions: known, action } = parts;
	const conditions = reason === "ignore-subnet" ? asGiven(known, found.comment ?? "", hook) : known;
	return commentOf(reason, conditions) === found.comment ? { reason, conditions, action } : undefined;
}

/** What a rule looks at and does, as a plan has it; undefined where no plan has that. */
export function plannedPartsOf(
	found: Pick<FoundRule, "conditions" | "action">,
): Pick<PlannedRule, "conditions" | "action"> | undefined {
	const action = plannedAction(found.action);
	const read = found.conditions.map(plannedCondition);
	const conditions = read.filter((condition) => condition !== undefined);
	return action === undefined || conditions.length < read.length ? undefined : { conditions, action };
}

function plannedAction(action: Action): PlannedAction | undefined {
	switch (action.kind) {
		case "return":
			return pass;
		case "redirect": {
			const { low = 0, high = 0 } = action.ports ?? {};
			return low === high && low > 0 ? redirectTo(low as Port) : undefined;
		}
		default:
			return undefined;
	}
}

/** What a plan can ask for: one thing, of which there is one, and nothing negated. */
function plannedCondition(condition: Condition): PlannedCondition | undefined {
	if (condition.negated === true) {
		return undefined;
	}
	switch (condition.kind) {
		case "protocol":
			return condition.protocols.join() === "tcp" ? tcp : undefined;
		case "destination-port":
			return condition.ports.every(({ low }) => low > 0)
				? { kind: condition.kind, ports: condition.ports as readonly PortRange[] }
				: undefined;
		case "source":
		case "destination": {
			const subnets = single(condition.subnets, () => true);
			return subnets && { kind: condition.kind, subnets };
		}
		case "in-interface":
		case "out-interface": {
			const names = single(condition.names, isName);
			return names && { kind: condition.kind, names };
		}
		case "uid":
		case "gid": {
			const ids = single(condition.ids, ({ low, high }) => low === high);
			return ids && { kind: condition.kind, ids };
		}
		default:
			return undefined;
	}
}

function single<T>(items: readonly T[], fits: (item: T) => boolean): readonly [T] | undefined {
	const [item] = items;
	return item !== undefined && items.length === 1 && fits(item) ? [item] : undefined;
}

function isName({ name, isPrefix }: InterfacePattern): boolean {
	return !isPrefix && parseInterfaceName(name, "").ok;
}

/**
 * The kernel keeps a subnet's first address only, and nothing at all of `0.0.0.0/0`; the comment keeps the spelling
 * that was given. Takes the spelling where the two agree.
 */
function asGiven(
	conditions: readonly PlannedCondition[],
	comment: string,
	hook: Hook,
): readonly PlannedCondition[] {
	const text = comment.slice(`${commentPrefix}ignore-subnet-`.length);
	if (conditions.some((condition) => "subnets" in condition && condition.subnets[0].text === text)) {
		return conditions;
	}
	const spelled = parseCidr(text, "comment");
	if (!spelled.ok) {
		return conditions;
	}
	if (conditions.length === 0 && spelled.value.prefix === 0) {
		return [{ kind: hook === "prerouting" ? "source" : "destination", subnets: [spelled.value] }];
	}
	return conditions.map((condition) => respelled(condition, spelled.value));
}

function respelled(condition: PlannedCondition, spelled: Cidr): PlannedCondition {
	return "subnets" in condition && sameCidr(condition.subnets[0], spelled)
		? { kind: condition.kind, subnets: [spelled] }
		: condition;
}

/**
 * The short way to read the kinds of rules of which there is one for each item of a list, or for fifteen of them, and so
 * perhaps tens of thousands: what the comment names is written again and held against the rule. Undefined where the two
 * are not the same word for word, whatever the rule may be, and for every other kind.
 */
function ruleOfList(spec: string, hook: Hook): PlannedRule | undefined {
	const start = spec.indexOf(commentStart);
	const end = spec.indexOf('"', start + commentStart.length);
	if (start < 0 || end < 0) {
		return undefined;
	}
	const comment = spec.slice(start + commentStart.length, end);
	const kind = kinds.find(({ reason }) => comment.startsWith(reason));
	return kind?.read(comment.slice(kind.reason.length + 1), spec, hook);
}

const commentStart = '-m comment --comment "proxy-init/';

interface Kind {
	readonly reason: Reason;
	/** From what stands behind the reason in the comment, if that makes the rule. */
	read(detail: string, spec: string, hook: Hook): PlannedRule | undefined;
}

const kinds: readonly Kind[] = [
	{
		reason: "ignore-subnet",
		read: (detail, spec, hook) => {
			const [kind, option] =
				hook === "prerouting" ? (["source", "-s"] as const) : (["destination", "-d"] as const);
			if (spec !== `${option} ${detail} ${commentStart}ignore-subnet-${detail}" -j RETURN`) {
				return undefined;
			}
			const subnet = parseCidr(detail, "comment");
			// Of a prefix of 0 nothing is written.
			if (!subnet.ok || subnet.value.prefix === 0 || formatCidr(subnet.value) !== detail) {
				return undefined;
			}
			const rule = passSubnet(kind, subnet.value);
			isWrittenAs(rule, spec);
			return rule;
		},
	},
	{
		reason: "ignore-port",
		read: (detail, spec) => {
			if (spec !== `-p tcp -m multiport --dports ${detail} ${commentStart}ignore-port-${detail}" -j RETURN`) {
				return undefined;
			}
			const ports = readPorts(detail);
			return ports && passing("ignore-port", tcp, { kind: "destination-port", ports });
		},
	},
	{
		reason: "redirect-port",
		read: (detail, spec) => {
			const port = parsePort(detail.replace("-to-proxy-port", ""), "comment");
			const to = parsePort(spec.slice(spec.lastIndexOf(" ") + 1), "--to-ports");
			if (!port.ok || !to.ok) {
				return undefined;
			}
			const ports = [{ low: port.value, high: port.value }];
			const conditions: PlannedCondition[] = [tcp, { kind: "destination-port", ports }];
			return ifWritten({ reason: "redirect-port", conditions, action: redirectTo(to.value) }, spec);
		},
	},
	{
		reason: "ignore-user-id",
		read: (detail, spec) => {
			const uid = parseUid(detail, "comment");
			return uid.ok
				? ifWritten(passing("ignore-user-id", { kind: "uid", ids: only(uid.value) }), spec)
				: undefined;
		},
	},
];

/** As iptables writes them, which is how they stand in the comment; undefined for what nobody would write so. */
export function readPorts(list: string): PortRange[] | undefined {
	const ranges: PortRange[] = [];
	for (const item of list.split(",")) {
		const colon = item.indexOf(":");
		const low = portIn(colon < 0 ? item : item.slice(0, colon));
		const high = colon < 0 ? low : portIn(item.slice(colon + 1));
		if (low === undefined || high === undefined || (colon >= 0 && low >= high)) {
			return undefined;
		}
		ranges.push({ low, high });
	}
	return ranges;
}

/** As {@link parsePort} has it, without a sentence for what is none: there may be tens of thousands. */
function portIn(text: string): Port | undefined {
	const number = Number(text);
	const isPort = Number.isInteger(number) && number >= 1 && number <= maxPort && `${number}` === text;
	return isPort ? (number as Port) : undefined;
}

function ifWritten(rule: PlannedRule, spec: string): PlannedRule | undefined {
	return renderRule(rule)[0] === spec ? rule : undefined;
}

function passing(reason: Reason, ...conditions: readonly PlannedCondition[]): PlannedRule {
	return { reason, conditions, action: pass };
}
