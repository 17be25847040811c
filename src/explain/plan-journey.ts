import { evaluate, type Packet } from "../plan/evaluate.ts";
import { formatRule } from "../plan/format-rule.ts";
import type { Match, Plan, Rule } from "../plan/plan.ts";
import { because, describeMatch } from "./because.ts";
import { placeOf } from "./chain-place.ts";
import type { Journey, Step } from "./journey.ts";
import type { AskedPacket } from "./packet.ts";
import type { Provision } from "./provisions.ts";
import { sentenceFor } from "./sentence.ts";
import type { PlanRules } from "./subject.ts";

/** A packet's way through rules that are not made yet; {@link evaluate} decides. */
export function planJourney({ plan, provisions, tables }: PlanRules, asked: AskedPacket): Journey {
	const { packet } = asked;
	const { chain, table } = placeOf(tables, packet.hook);
	const { fate, trace, decidedBy } = evaluate(plan, packet);
	const steps = trace.map(
		({ rule, matched }, index): Step => ({
			...(table === undefined ? {} : { table: table.label }),
			chain,
			position: index + 1,
			rule: formatRule(rule).replace(/ \[[^\]]*\]$/, ""),
			matched: matched ? "yes" : "no",
			action: actionOf(rule),
			decides: rule === decidedBy,
			...whyOf(rule, packet, provisions),
		}),
	);
	const decider = steps.find(({ decides }) => decides);
	const clause = decider === undefined ? whyUntouched(plan, packet) : withOrigin(decider);
	const outcome = fate.kind === "redirect" ? "proxy" : "past-proxy";
	return { asked, steps, fate, outcome, sentence: sentenceFor(packet, fate, { because: clause, outcome }) };
}

function actionOf({ verdict }: Rule): string {
	return verdict.kind === "return" ? "let it pass" : `send it to port ${verdict.port}`;
}

/** Of the things that a rule carries out, the one that is about this packet; of another rule, the rule itself. */
function whyOf(rule: Rule, packet: Packet, provisions: readonly Provision[]): Pick<Step, "why" | "origin"> {
	const same = provisions.filter(({ hook, reason }) => hook === packet.hook && reason === rule.reason);
	const about = same.filter((provision) => isAbout(provision, packet));
	const [first] = about;
	if (first !== undefined) {
		return {
			why: because(rule.reason, packet.hook, detailOf(first.match ?? matchOf(rule))),
			origin: originsOf(about),
		};
	}
	const its = same.filter((provision) => carriesOut(rule, provision));
	return {
		why: because(rule.reason, packet.hook, detailOf(matchOf(rule))),
		...(its.length === 0 ? {} : { origin: originsOf(its) }),
	};
}

function detailOf(match: Match | undefined): string | undefined {
	return match === undefined ? undefined : describeMatch(match);
}

/** A rule's own condition, besides that on the protocol. */
function matchOf({ matches }: Rule): Match | undefined {
	return matches.find(({ kind }) => kind !== "protocol");
}

function originsOf(provisions: readonly Provision[]): string {
	return [...new Set(provisions.map(({ origin }) => origin))].join(", ");
}

/** The evaluator itself judges, so that there is one answer to what a condition means. */
function isAbout({ hook, reason, match }: Provision, packet: Packet): boolean {
	if (match === undefined) {
		return false;
	}
	const rule: Rule = { reason, matches: [match], verdict: { kind: "return" } };
	return (
		evaluate({ families: [packet.family], chains: [{ hook, rules: [rule] }] }, packet).decidedBy === rule
	);
}

/** Rules about ports carry out all the ports of one reason; the others, one thing each. */
function carriesOut(rule: Rule, { match }: Provision): boolean {
	return (
		match === undefined ||
		match.kind === "destination-port" ||
		rule.matches.some((own) => JSON.stringify(own) === JSON.stringify(match))
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
