import type { NatFate } from "../rules/walk.ts";
import type { Outcome } from "./outcome.ts";
import type { AskedPacket } from "./packet.ts";
import { planTrace } from "./plan-trace.ts";
import { rulesetTrace } from "./ruleset-trace.ts";
import { sentenceFor } from "./sentence.ts";
import type { Rules } from "./subject.ts";
import type { Trace } from "./trace.ts";

/** What becomes of a packet, by which rule, and why. The command line and the page both ask here. */
export function explain(rules: Rules, asked: AskedPacket): Trace {
	switch (rules.kind) {
		case "plan":
			return planTrace(rules, asked);
		case "ruleset":
			return rulesetTrace(rules.ruleset, asked);
		case "none":
			return withoutRules(asked, { kind: "pass" }, "past-proxy", rules.why);
		case "unknown":
			return withoutRules(asked, { kind: "unknown", why: [rules.why] }, "unknown", rules.why);
	}
}

function withoutRules(asked: AskedPacket, fate: NatFate, outcome: Outcome, because: string): Trace {
	return { asked, steps: [], fate, outcome, sentence: sentenceFor(asked.packet, fate, { because, outcome }) };
}
