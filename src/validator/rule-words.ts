import { commentOf } from "../plan/comment.ts";
import type { Evaluation } from "../plan/evaluate.ts";
import type { Rule } from "../plan/plan.ts";

/** A rule by the comment under which it can be found in the kernel. */
export function ruleName(rule: Rule): string {
	return commentOf(rule.reason, rule.matches);
}

/** Why something is not redirected. */
export function whyNot({ decidedBy }: Evaluation): string {
	return decidedBy === undefined ? "no rule is for it" : ruleName(decidedBy);
}
