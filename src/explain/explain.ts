import type { NatFate } from "../ruleset/traverse.ts";
import type { Journey } from "./journey.ts";
import type { Outcome } from "./outcome.ts";
import type { AskedPacket } from "./packet.ts";
import { planJourney } from "./plan-journey.ts";
import { rulesetJourney } from "./ruleset-journey.ts";
import { sentenceFor } from "./sentence.ts";
import type { Rules } from "./subject.ts";

/** What becomes of a packet, by which rule, and why. The command line and the page both ask here. */
export function explain(rules: Rules, asked: AskedPacket): Journey {
	switch (rules.kind) {
		case "plan":
			return planJourney(rules, asked);
		case "ruleset":
			return rulesetJourney(rules.ruleset, asked);
		case "none":
			return untold(asked, { kind: "pass" }, "past-proxy", rules.why);
		case "unknown":
			return untold(asked, { kind: "unknown", why: [rules.why] }, "unknown", rules.why);
	}
}

function untold(asked: AskedPacket, fate: NatFate, outcome: Outcome, because: string): Journey {
	return { asked, steps: [], fate, outcome, sentence: sentenceFor(asked.packet, fate, { because, outcome }) };
}
