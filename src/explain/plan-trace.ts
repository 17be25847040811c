import { evaluate, type Packet } from "../rules/evaluate.ts";
import { type Plan, type PlannedRule, pass } from "../rules/plan.ts";
import type { Condition } from "../rules/rule.ts";
import { connectionsInWords, plannedRuleWithoutComment } from "../rules/words.ts";
import type { AskedPacket } from "./packet.ts";
import { reasonText } from "./reason-text.ts";
import { sentenceFor } from "./sentence.ts";
import type { PlanRules, PolicySource } from "./subject.ts";
import type { Step, Trace } from "./trace.ts";

/** A packet's way through rules that are not made yet; {@link evaluate} decides. */
export function planTrace({ plan, sources, places }: PlanRules, asked: AskedPacket): Trace {
	const { packet } = asked;
	const { chain, table } = places[packet.hook];
	const { fate, trace, decidedBy } = evaluate(plan, packet);
	const steps = trace.map(
		({ rule, matched }, index): Step => ({
			...(table === undefined ? {} : { table: table.label }),
			chain,
			position: index + 1,
			rule: plannedRuleWithoutComment(rule),
			matched: matched ? "yes" : "no",
			action: actionOf(rule),
			decides: rule === decidedBy,
			...whyOf(rule, packet, sources),
		}),
	);
	const decider = steps.find(({ decides }) => decides);
	const clause = decider === undefined ? whyUntouched(plan, packet) : withOrigin(decider);
	const outcome = fate.kind === "redirect" ? "proxy" : "past-proxy";
	return { asked, steps, fate, outcome, sentence: sentenceFor(packet, fate, { because: clause, outcome }) };
}

function actionOf({ action }: PlannedRule): string {
	return action.kind === "return" ? "let it pass" : `send it to port ${action.ports.low}`;
}

/** Of the things that a rule carries out, the one that is about this packet; of another rule, the rule itself. */
function whyOf(
	rule: PlannedRule,
	packet: Packet,
	sources: readonly PolicySource[],
): Pick<Step, "why" | "origin"> {
	const same = sources.filter(({ hook, reason }) => hook === packet.hook && reason === rule.reason);
	const about = same.filter((source) => isAbout(source, packet));
	const [first] = about;
	if (first !== undefined) {
		return {
			why: reasonText(rule.reason, packet.hook, detailOf(first.selection ?? conditionOf(rule))),
			origin: originsOf(about),
		};
	}
	const its = same.filter((source) => carriesOut(rule, source));
	return {
		why: reasonText(rule.reason, packet.hook, detailOf(conditionOf(rule))),
		...(its.length === 0 ? {} : { origin: originsOf(its) }),
	};
}

function detailOf(condition: Condition | undefined): string | undefined {
	return condition === undefined ? undefined : connectionsInWords(condition);
}

/** A rule's own condition, besides that on the protocol. */
function conditionOf({ conditions }: PlannedRule): Condition | undefined {
	return conditions.find(({ kind }) => kind !== "protocol");
}

function originsOf(sources: readonly PolicySource[]): string {
	return [...new Set(sources.map(({ origin }) => origin))].join(", ");
}

/** The evaluator itself judges, so that there is one answer to what a condition means. */
function isAbout({ hook, reason, selection }: PolicySource, packet: Packet): boolean {
	if (selection === undefined) {
		return false;
	}
	const rule: PlannedRule = { reason, conditions: [selection], action: pass };
	return (
		evaluate({ families: [packet.family], chains: [{ hook, rules: [rule] }] }, packet).decidedBy === rule
	);
}

/** Rules about ports carry out all the ports of one reason; the others, one thing each. */
function carriesOut(rule: PlannedRule, { selection }: PolicySource): boolean {
	return (
		selection === undefined ||
		selection.kind === "destination-port" ||
		rule.conditions.some((own) => JSON.stringify(own) === JSON.stringify(selection))
	);
}

function withOrigin({ why, origin }: Step): string {
	return origin === undefined || origin === "always" ? why : `${why} (${origin})`;
}

function whyUntouched(plan: Plan, packet: Packet): string {
	const chain = plan.chains.find(({ hook }) => hook === packet.hook);
	if (plan.families.length === 0 || chain === undefined) {
		return "there are no rules";
	}
	if (!plan.families.includes(packet.family)) {
		return `there are no rules for ${packet.family === "ipv6" ? "IPv6" : "IPv4"}`;
	}
	return packet.protocol !== "tcp"
		? `only TCP is redirected, and this is ${packet.protocol.toUpperCase()}`
		: `only some ports are redirected, and ${packet.destinationPort} is not one of them`;
}
